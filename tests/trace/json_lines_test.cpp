#include "synod/trace/json_lines.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "core/core_test.hpp"

namespace synod::trace {
namespace {

using namespace synod::test;

std::vector<Event> from_lines(const std::string& text) {
    std::istringstream in(text);
    return read_json_lines(in);
}

TEST(JsonLines, EveryFieldComesBack) {
    Event full;
    full.at = us(1500);
    full.kind = Kind::sent;
    full.process = Who{Role::acceptor, 2, false};
    full.message = 17;
    full.type = "1B";
    full.peer = Who{Role::proposer, 0, true};
    full.chatter = true;
    full.ballot = b(3, 1);
    full.higher = b(4, 0);
    full.instances = {range(0, 1), {i(5), kInstanceEnd}};
    full.decided_below = i(2);
    full.values = {"\"x\"", "<100 bytes>"};
    full.votes = {{i(0), b(2), false, {"\"x\""}}, {i(1), Ballot{}, true, {}}};
    full.text = "\"quoted\" and \xff";
    Event bare;

    std::ostringstream out;
    write_json_lines({full, bare}, out);
    const std::vector<Event> events = from_lines(out.str());
    ASSERT_EQ(events.size(), 2u);
    full.text = "\"quoted\" and \xef\xbf\xbd";  // what is no text cannot be JSON
    EXPECT_EQ(events[0], full);
    EXPECT_EQ(events[1], bare);
}

TEST(JsonLines, WhatIsNoTraceIsRefusedWithItsLine) {
    for (const char* wrong : {"{", "[]", R"({"at": 1})", R"({"at": 1, "event": "flew"})",
                              R"({"at": 1, "event": "sent", "process": "boss 1"})",
                              R"({"at": 1, "event": "sent", "ballot": [1]})",
                              R"({"at": 1, "event": "sent", "ballot": [1, 2, "z"]})"}) {
        try {
            from_lines(std::string("{\"at\": 0, \"event\": \"note\"}\n") + wrong + "\n");
            ADD_FAILURE() << wrong;
        } catch (const FormatError& error) {
            EXPECT_EQ(std::string(error.what()).rfind("line 2: ", 0), 0u) << error.what();
        }
    }
}

}  // namespace
}  // namespace synod::trace

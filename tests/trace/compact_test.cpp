#include "synod/trace/compact.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "core/core_test.hpp"
#include "synod/trace/json_lines.hpp"

namespace synod::trace {
namespace {

using namespace synod::test;

std::string compact(const std::vector<Event>& events) {
    std::ostringstream out;
    CompactWriter writer(out);
    for (const Event& event : events)
        writer.add(event);
    return out.str();
}

std::vector<Event> read(const std::string& text) {
    std::istringstream in(text);
    return read_trace(in);
}

std::string json_lines(const std::vector<Event>& events) {
    std::ostringstream out;
    write_json_lines(events, out);
    return out.str();
}

// Every field of one says something.
std::vector<Event> some_events() {
    Event full;
    full.at = us(1500);
    full.kind = Kind::violation;
    full.process = Who{Role::learner, 65535, false};
    full.message = ~std::uint64_t{0};
    full.type = "1B";
    full.peer = Who{Role::proposer, 0, true};
    full.chatter = true;
    full.ballot = b(3, 1);
    full.higher = b(4, 0);
    full.instances = {range(0, 1), range(7, 7), {i(5), kInstanceEnd}};
    full.decided_below = i(1u << 20);
    full.values = {"\"x\"", "", std::string(300, 'y')};
    full.votes = {{i(0), b(4, 0), false, {"\"x\""}}, {i(1), Ballot{}, true, {}}, {i(2), b(4, 0), false, {}}};
    full.text = std::string("\xff\0\n", 3);
    Event earlier;  // than the one before
    earlier.at = us(2);
    earlier.ballot = b(4, 0);
    return {Event{}, full, earlier, full};
}

TEST(CompactTrace, EveryFieldComesBack) {
    EXPECT_EQ(read(compact(some_events())), some_events());
    EXPECT_TRUE(read(compact({})).empty());
}

TEST(CompactTrace, AnEventOfARunTakesAFractionOfItsJson) {
    std::vector<Event> events;
    for (std::uint64_t k = 0; k < 100; ++k) {
        Event event;
        event.at = us(1000 + 30 * k);
        event.kind = Kind::received;
        event.process = Who{Role::learner, 1, false};
        event.peer = Who{Role::acceptor, static_cast<std::uint16_t>(1 + k % 3), false};
        event.message = k / 3;
        event.ballot = b(1, 1);
        events.push_back(event);
    }
    EXPECT_LT(compact(events).size() * 8, json_lines(events).size());
}

TEST(CompactTrace, WhatAKilledProcessHasWrittenIsReadUpToItsLastWholeEvent) {
    const std::vector<Event> events = some_events();
    const std::string whole = compact(events);
    std::size_t before = 0;
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        const std::vector<Event> read_events = read(whole.substr(0, size));
        EXPECT_GE(read_events.size(), before);
        before = read_events.size();
        EXPECT_TRUE(std::equal(read_events.begin(), read_events.end(), events.begin()));
    }
    EXPECT_EQ(before, events.size());
}

TEST(CompactTrace, WhatIsNoTraceIsRefusedWithItsEvent) {
    const std::string header = compact({});
    const auto error_of = [](const std::string& text) {
        try {
            static_cast<void>(read(text));
        } catch (const FormatError& error) {
            return std::string(error.what());
        }
        return std::string("none");
    };
    using namespace std::string_literals;
    EXPECT_EQ(error_of("synod trays"), "it does not begin as a trace does");
    EXPECT_EQ(error_of(header + "\3\0\x13\0"s + "\3\0\x7f\0"s), "event 2: 127 is no kind of event");
    EXPECT_EQ(error_of(header + "\4\0\x13\0\0"s), "event 1: it is too long");
    EXPECT_EQ(error_of(header + "\2\0\x13"s), "event 1: it ends too early");
    EXPECT_EQ(error_of(header + "\4\0\x13\4\x05"s), "event 1: it ends too early");
    EXPECT_EQ(error_of(header + "\5\0\x13\1\x09\1"s), "event 1: 9 is no role");
    EXPECT_EQ(error_of(header + "\x0d\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"s),
              "event 1: a number does not end");
}

}  // namespace
}  // namespace synod::trace

#include "synod/rsm/reply_writer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace synod::rsm {
namespace {

std::string replies(Protocol protocol) {
    std::string out;
    ReplyWriter writer(out, protocol);
    writer.array(3);
    writer.null();
    writer.bulk("_\r\n$-1\r\n");
    writer.set(1);
    writer.integer(-7);
    writer.map(1);
    writer.bulk("");
    writer.verbatim("text");
    writer.simple("word");
    writer.error("ERR wrong");
    return out;
}

TEST(ReplyWriter, WhatItWritesInResp3IsSaidInResp2AsItWouldHaveWrittenIt) {
    std::string translated;
    append_in_resp2(replies(Protocol::resp3), translated);
    EXPECT_EQ(translated, replies(Protocol::resp2));
    EXPECT_NE(replies(Protocol::resp3), replies(Protocol::resp2));
}

}  // namespace
}  // namespace synod::rsm

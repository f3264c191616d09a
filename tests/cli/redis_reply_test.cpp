#include "synod/cli/redis_reply.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace synod::cli {
namespace {

RedisReply parse(std::string_view bytes) {
    auto reply = take_reply(bytes);
    EXPECT_TRUE(reply.has_value());
    EXPECT_TRUE(bytes.empty());
    return reply.value_or(RedisReply{});
}

TEST(RedisReply, IsShownAsTextAndAsJson) {
    struct Case {
        const char* bytes;
        const char* text;
        const char* json;
    };
    for (const auto& [bytes, text, json] :
         {Case{"+OK\r\n", "OK", R"("OK")"}, Case{":-5\r\n", "-5", "-5"},
          Case{"$3\r\na\r\n\r\n", "a\r\n", R"("a\r\n")"}, Case{"$-1\r\n", "(nil)", "null"},
          Case{"*-1\r\n", "(nil)", "null"}, Case{"*0\r\n", "(empty)", "[]"},
          Case{"-ERR no\r\n", "(error) ERR no", R"("ERR no")"},
          Case{"*3\r\n$1\r\na\r\n:2\r\n$-1\r\n", "a\n2\n(nil)", R"(["a",2,null])"}}) {
        EXPECT_EQ(text_of(parse(bytes)), text);
        EXPECT_EQ(json_of(parse(bytes)).dump(), json);
    }
}

TEST(RedisReply, IsTakenOnlyWhenItIsThereWhole) {
    const std::string bytes = "*2\r\n$3\r\nabc\r\n*1\r\n:12\r\n";
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        std::string_view part = std::string_view(bytes).substr(0, size);
        EXPECT_FALSE(take_reply(part).has_value()) << size;
        EXPECT_EQ(part.size(), size);
    }
    parse(bytes);
}

TEST(RedisReply, WhatIsNoneIsAnError) {
    for (const char* bytes : {":99999999999999999999\r\n", ":\r\n", ":x\r\n", "hello\r\n", "\r\n", "$x\r\n",
                              "$-2\r\n", "*99999999999999999999\r\n"}) {
        std::string_view rest = bytes;
        EXPECT_THROW(static_cast<void>(take_reply(rest)), NoReply) << bytes;
    }
}

TEST(RedisReply, ArraysWithinArraysEnd) {
    std::string bytes;
    for (int k = 0; k < 100; ++k)
        bytes += "*1\r\n";
    std::string_view rest = bytes;
    EXPECT_THROW(static_cast<void>(take_reply(rest)), NoReply);
}

TEST(RedisReply, ARequestIsAnArrayOfItsWords) {
    EXPECT_EQ(redis_request({"SET", "a b", ""}), "*3\r\n$3\r\nSET\r\n$3\r\na b\r\n$0\r\n\r\n");
}

}  // namespace
}  // namespace synod::cli

#include "synod/rsm/request_parser.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "rsm/rsm_test.hpp"

namespace synod::rsm::test {
namespace {

using Requests = std::vector<std::vector<std::string>>;

// The requests in the bytes when they come in pieces of these sizes; a fault is the last one.
Requests parse(std::string_view bytes, const std::vector<std::size_t>& pieces = {},
               RequestLimits limits = {}) {
    RequestParser parser(limits);
    Requests requests;
    const auto take_all = [&] {
        RequestParser::Result result = parser.next();
        for (; result == RequestParser::Result::request; result = parser.next())
            requests.emplace_back(parser.arguments().begin(), parser.arguments().end());
        if (result == RequestParser::Result::broken) requests.push_back({fmt::format("-{}", parser.fault())});
        return result == RequestParser::Result::incomplete;
    };
    std::size_t at = 0;
    for (std::size_t i = 0; at < bytes.size(); ++i) {
        const std::size_t size = i < pieces.size() ? pieces[i] : bytes.size();
        const std::string_view piece = bytes.substr(at, size);
        parser.feed(as_bytes(piece));
        at += piece.size();
        if (!take_all()) break;
    }
    return requests;
}

TEST(RequestParser, TakesArraysAndLines) {
    EXPECT_EQ(parse("*2\r\n$3\r\nGET\r\n$2\r\n\r\n\r\nset key 'a value'\r\n\r\n*0\r\n*-1\r\nping\n"),
              (Requests{{"GET", "\r\n"}, {"set", "key", "a value"}, {"ping"}}));
}

TEST(RequestParser, WaitsForTheRest) {
    const std::string bytes = request({"SET", "key", "value"});
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_EQ(parse(bytes.substr(0, size)), Requests{}) << size;
}

TEST(RequestParser, FindsALineBehindOneThatCameInPieces) {
    EXPECT_EQ(parse("GET a-long-key\r\nPING\r\nECHO x\r\n", {10, 6}),
              (Requests{{"GET", "a-long-key"}, {"PING"}, {"ECHO", "x"}}));
}

TEST(RequestParser, SaysWhatIsWrongInTheWordsOfRedis) {
    const std::string long_line(70'000, '1');
    EXPECT_EQ(parse("*x\r\n"), (Requests{{"-invalid multibulk length"}}));
    EXPECT_EQ(parse("*1048577\r\n"), (Requests{{"-invalid multibulk length"}}));
    EXPECT_EQ(parse("*1\r\n$33554433\r\n"), (Requests{{"-invalid bulk length"}}));
    EXPECT_EQ(parse("*1\r\n$-1\r\n"), (Requests{{"-invalid bulk length"}}));
    EXPECT_EQ(parse("*1\r\n:1\r\n"), (Requests{{"-expected '$', got ':'"}}));
    EXPECT_EQ(parse("PING\r\nget \"a\r\n"), (Requests{{"PING"}, {"-unbalanced quotes in request"}}));
    EXPECT_EQ(parse(long_line), (Requests{{"-too big inline request"}}));
    EXPECT_EQ(parse("*" + long_line), (Requests{{"-too big mbulk count string"}}));
    EXPECT_EQ(parse("*1\r\n$" + long_line), (Requests{{"-too big bulk count string"}}));
    EXPECT_EQ(parse("*2\r\n$9\r\n123456789\r\n$9\r\n", {}, {.request_bytes_max = 20}),
              (Requests{{"-too big request"}}));
}

TEST(RequestParser, ParsesNothingBehindAFault) {
    RequestParser parser;
    parser.feed(as_bytes("*x\r\nPING\r\n"));
    EXPECT_EQ(parser.next(), RequestParser::Result::broken);
    parser.feed(as_bytes("PING\r\n"));
    EXPECT_EQ(parser.next(), RequestParser::Result::broken);
    EXPECT_EQ(parser.held_bytes(), 0U);
}

TEST(RequestParser, HoldsOnlyWhatIsNotParsed) {
    RequestParser parser;
    const std::string bytes = request({"SET", "key", std::string(1000, 'x')});
    for (int i = 0; i < 1000; ++i) {
        parser.feed(as_bytes(bytes));
        ASSERT_EQ(parser.next(), RequestParser::Result::request);
        ASSERT_EQ(parser.held_bytes(), 0U);
    }
    parser.feed(as_bytes(std::string_view(bytes).substr(0, 500)));
    EXPECT_EQ(parser.next(), RequestParser::Result::incomplete);
    EXPECT_EQ(parser.held_bytes(), 500U);
}

// Pieces of requests, whole, broken and mixed, so that any state of the parser meets any byte.
rc::Gen<std::string> any_stream() {
    const auto part = rc::gen::oneOf(
        rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::arbitrary<std::string>()),
                     request),
        rc::gen::element<std::string>("PING\r\n", "*1\r\n", "$4\r\n", "*0\r\n", "\r\n", "\r", "\n",
                                      "get 'a b'\r\n", "*3\r\n$3\r\nSET", "$-1\r\n", "*-1\r\n", "\"x",
                                      "*2\r\n$1\r\na\r\n$30\r\n"),
        rc::gen::arbitrary<std::string>());
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(part),
                        [](const std::vector<std::string>& parts) {
                            std::string all;
                            for (const std::string& each : parts)
                                all += each;
                            return all;
                        });
}

TEST(RequestParser, GivesTheSameRequestsHoweverTheStreamIsCut) {
    rc::check([] {
        const std::string bytes = *any_stream();
        const auto pieces =
            *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, 20));
        const RequestLimits limits{
            .line_bytes_max = 16, .arguments_max = 5, .argument_bytes_max = 50, .request_bytes_max = 100};
        const Requests whole = parse(bytes, {}, limits);
        RC_ASSERT(parse(bytes, pieces, limits) == whole);
        RC_ASSERT(parse(bytes, std::vector<std::size_t>(bytes.size(), 1), limits) == whole);
    });
}

}  // namespace
}  // namespace synod::rsm::test

#include "synod/rsm/connection.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "rsm/rsm_test.hpp"
#include "synod/rsm/once.hpp"

namespace synod::rsm::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class ConnectionTest : public testing::Test {
protected:
    std::string say(std::string_view bytes) { return server_.serve(connection_, bytes); }
    // Takes the operations that the bytes ask for, and leaves them unanswered.
    void submit(std::string_view bytes) {
        connection_.receive(as_bytes(bytes));
        take();
    }
    void take() {
        Connection::Request request;
        while (connection_.next(request))
            submitted_.push_back(request);
    }
    // Answers the oldest operation; returns what the client is sent by then.
    std::string answer() {
        std::string reply;
        server_.replica.apply(server_.now, as_bytes(submitted_.front().operation), reply);
        submitted_.pop_front();
        connection_.answer(reply);
        take();
        return sent();
    }
    std::string sent() { return std::exchange(connection_.output(), {}); }

    TestServer server_;
    TestFacts facts_;
    Connection connection_{ClientInfo{.id = 7, .address = "127.0.0.1:9"}, facts_};
    std::deque<Connection::Request> submitted_;
};

// Remembers numbered commands.
struct OnceServer {
    std::string ask(Connection& connection, std::string_view bytes) {
        connection.receive(as_bytes(bytes));
        Connection::Request request;
        while (connection.next(request)) {
            std::string reply;
            replica.apply({}, as_bytes(request.operation), reply);
            connection.answer(reply);
        }
        return std::exchange(connection.output(), {});
    }
    Replica<Once<Store>> replica{Once<Store>{}};
};

// ---- Order
// -----------------------------------------------------------------------------------------------------

TEST_F(ConnectionTest, RepliesComeInTheOrderOfTheRequests) {
    submit("PING\r\nSET a 1\r\nECHO x\r\nGET a\r\nECHO y\r\nNOSUCH\r\n");
    EXPECT_EQ(sent(), "+PONG\r\n");
    ASSERT_EQ(submitted_.size(), 2U);
    EXPECT_EQ(answer(), "+OK\r\n$1\r\nx\r\n");
    EXPECT_THAT(answer(), StartsWith("$1\r\n1\r\n$1\r\ny\r\n-ERR unknown command 'NOSUCH'"));
    EXPECT_EQ(connection_.unanswered(), 0U);
}

TEST_F(ConnectionTest, TellsReadsFromWrites) {
    submit("GET a\r\nSET a 1\r\nRANDOMKEY\r\nWATCH a\r\n");
    ASSERT_EQ(submitted_.size(), 4U);
    EXPECT_TRUE(submitted_[0].read_only);
    EXPECT_FALSE(submitted_[1].read_only);
    EXPECT_FALSE(submitted_[2].read_only);  // drawn from its entry
    EXPECT_TRUE(submitted_[3].read_only);
}

TEST_F(ConnectionTest, TellsReadsOfTheTimeFromOthers) {
    submit("TTL a\r\nGET a\r\nPTTL a\r\nPEXPIRETIME a\r\nWATCH a\r\n");
    std::vector<bool> of_time;
    for (const Connection::Request& request : submitted_)
        of_time.push_back(request.of_time);
    EXPECT_EQ(of_time, (std::vector{true, false, true, false, false}));
}

TEST_F(ConnectionTest, ParsesOnlyWhatItIsAskedFor) {
    connection_.receive(as_bytes("GET a\r\nGET b\r\n"));
    Connection::Request request;
    ASSERT_TRUE(connection_.next(request));
    EXPECT_EQ(connection_.unread_bytes(), 7U);
}

TEST_F(ConnectionTest, WithMuchSaidItWaitsUntilThatIsTaken) {
    std::string commands;
    for (int k = 0; k < 500; ++k)
        commands += "COMMAND\r\n";
    const std::size_t reply = say("COMMAND\r\n").size();
    submit(commands);
    std::size_t taken = 0;
    while (const std::size_t said = sent().size()) {
        EXPECT_LE(said, Connection::kSaidMax + reply);
        taken += said;
        take();
    }
    EXPECT_EQ(taken, 500 * reply);
}

TEST_F(ConnectionTest, WhatWaitsBehindAnOperationIsSaidToo) {
    submit("GET a\r\nPING\r\nGET b\r\nPING\r\nPING\r\n");
    EXPECT_EQ(connection_.said_bytes(), 3 * 7U);
    connection_.answer("$-1\r\n");
    EXPECT_EQ(connection_.said_bytes(), 5 + 3 * 7U);
    connection_.answer("$-1\r\n");
    EXPECT_EQ(connection_.said_bytes(), 2 * 5 + 3 * 7U);
    sent();
    EXPECT_EQ(connection_.said_bytes(), 0U);
    submitted_.clear();

    std::string commands = "GET a\r\n";
    for (int k = 0; k < 500; ++k)
        commands += "COMMAND\r\n";
    submit(commands + "GET b\r\n");
    EXPECT_EQ(submitted_.size(), 1U);
    EXPECT_LT(connection_.said_bytes(), Connection::kSaidMax + (64 << 10));
    EXPECT_GT(connection_.unread_bytes(), 0U);
    answer();
    do
        take();
    while (!sent().empty());
    EXPECT_EQ(submitted_.size(), 1U);
}

TEST_F(ConnectionTest, WhatItHoldsIsMeasuredAndGivenBack) {
    constexpr std::size_t kMany = 1 << 20;
    const std::string set = request({"SET", "a", std::string(kMany, 'x')});
    connection_.receive(as_bytes(std::string_view(set).substr(0, kMany)));
    take();
    EXPECT_GE(connection_.held_bytes(), kMany);
    EXPECT_EQ(say(std::string_view(set).substr(kMany)), "+OK\r\n");
    EXPECT_LT(connection_.held_bytes(), 100U);

    say("MULTI\r\n" + set);
    EXPECT_GE(connection_.held_bytes(), kMany);
    say("EXEC\r\n");
    EXPECT_LT(connection_.held_bytes(), 100U);

    submit("GET b\r\n" + request({"PING", std::string(kMany, 'x')}) + "GET b\r\n");
    EXPECT_GE(connection_.held_bytes(), kMany);
    connection_.abandon();
    EXPECT_LT(connection_.held_bytes(), 100U);
}

// ---- The end
// ---------------------------------------------------------------------------------------------------

TEST_F(ConnectionTest, NothingIsDoneAfterQuit) {
    submit("SET a 1\r\nQUIT\r\nSET a 2\r\n");
    EXPECT_TRUE(connection_.is_closing());
    EXPECT_EQ(submitted_.size(), 1U);
    EXPECT_EQ(answer(), "+OK\r\n+OK\r\n");
}

TEST_F(ConnectionTest, NothingIsDoneAfterBytesThatMakeNoSense) {
    EXPECT_EQ(say("PING\r\n*1\r\n$x\r\nPING\r\n"), "+PONG\r\n-ERR Protocol error: invalid bulk length\r\n");
    EXPECT_TRUE(connection_.is_closing());
    EXPECT_EQ(say("PING\r\n"), "");
}

TEST_F(ConnectionTest, HttpIsClosedWithoutAWord) {
    for (const char* line : {"POST / HTTP/1.1", "host: x", "hOsT: x"}) {
        Connection connection({}, facts_);
        EXPECT_EQ(server_.serve(connection, fmt::format("PING\r\n{}\r\n\r\nSET a 1\r\n", line)), "+PONG\r\n");
        EXPECT_TRUE(connection.is_closing());
    }
    EXPECT_EQ(say("GET a\r\n"), "$-1\r\n");
}

// ---- Transactions
// ----------------------------------------------------------------------------------------------

TEST_F(ConnectionTest, ATransactionIsOneOperation) {
    submit("MULTI\r\nSET a 1\r\nINCR a\r\nEXEC\r\n");
    EXPECT_EQ(sent(), "+OK\r\n+QUEUED\r\n+QUEUED\r\n");
    ASSERT_EQ(submitted_.size(), 1U);
    EXPECT_EQ(answer(), "*2\r\n+OK\r\n:2\r\n");
}

TEST_F(ConnectionTest, NothingIsParsedBehindAWatchUntilItIsAnswered) {
    submit("WATCH a\r\nMULTI\r\nSET a mine\r\nEXEC\r\n");
    ASSERT_EQ(submitted_.size(), 1U);
    EXPECT_EQ(answer(), "+OK\r\n+OK\r\n+QUEUED\r\n");
    ASSERT_EQ(submitted_.size(), 1U);
    server_.apply({"SET", "a", "theirs"});  // between WATCH and EXEC
    EXPECT_EQ(answer(), "*-1\r\n");
    EXPECT_EQ(say("GET a\r\n"), "$6\r\ntheirs\r\n");
}

TEST_F(ConnectionTest, AKeyThatIsWatchedTwiceIsWatchedFromTheFirstTimeOn) {
    say("WATCH a\r\n");
    server_.apply({"SET", "a", "1"});
    EXPECT_EQ(say("WATCH b a\r\nMULTI\r\nEXEC\r\n"), "+OK\r\n+OK\r\n*-1\r\n");
}

TEST_F(ConnectionTest, ARefusedCommandSpoilsTheTransaction) {
    EXPECT_EQ(say("MULTI\r\nGET\r\nSET a 1\r\nEXEC\r\nGET a\r\n"),
              "+OK\r\n-ERR wrong number of arguments for 'get' command\r\n+QUEUED\r\n"
              "-EXECABORT Transaction discarded because of previous errors.\r\n$-1\r\n");
}

TEST_F(ConnectionTest, ItsOwnCommandsKeepTheirPlacesInATransaction) {
    EXPECT_EQ(say("MULTI\r\nPING\r\nSET a 1\r\nMGET a b\r\nCLIENT SETNAME me\r\nGET a\r\nCLIENT "
                  "GETNAME\r\nEXEC\r\nPING\r\n"),
              "+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n"
              "*6\r\n+PONG\r\n+OK\r\n*2\r\n$1\r\n1\r\n$-1\r\n+OK\r\n$1\r\n1\r\n$2\r\nme\r\n+PONG\r\n");
}

TEST_F(ConnectionTest, AKeyThatCameAndWentSinceWatchSpoilsExec) {
    say("WATCH new\r\n");
    server_.apply({"SET", "new", "1"});
    server_.apply({"DEL", "new"});
    EXPECT_EQ(say("MULTI\r\nSET a 1\r\nEXEC\r\n"), "+OK\r\n+QUEUED\r\n*-1\r\n");
    say("WATCH new\r\n");
    server_.apply({"SET", "new", "1", "PX", "5"});
    server_.now.ms += 1000;
    EXPECT_EQ(say("MULTI\r\nSET a 1\r\nEXEC\r\n"), "+OK\r\n+QUEUED\r\n*-1\r\n");
    say("WATCH new\r\n");
    EXPECT_EQ(say("MULTI\r\nSET a 1\r\nEXEC\r\n"), "+OK\r\n+QUEUED\r\n*1\r\n+OK\r\n");
}

TEST_F(ConnectionTest, AKeyThatHadExpiredBeforeWatchAndIsRemovedLaterDoesNotSpoilExec) {
    server_.apply({"SET", "old", "1", "PX", "5"});
    // More deadlines than an entry removes come before it.
    for (int k = 0; k < 100; ++k)
        server_.apply({"SET", fmt::format("older{}", k), "1", "PX", "1"});
    server_.now.ms += 1000;
    say("WATCH old\r\n");
    ASSERT_GT(server_.replica.machine().keys().size(), 0U);
    for (int k = 0; k < 10; ++k)
        server_.apply({"GET", "old"});
    ASSERT_EQ(server_.replica.machine().keys().size(), 0U);
    EXPECT_EQ(say("MULTI\r\nPING\r\nEXEC\r\n"), "+OK\r\n+QUEUED\r\n*1\r\n+PONG\r\n");
}

TEST_F(ConnectionTest, ItsOwnCommandsAreLeftOutWithTheOthers) {
    say("WATCH a\r\n");
    server_.apply({"SET", "a", "1"});
    EXPECT_EQ(say("MULTI\r\nCLIENT SETNAME me\r\nGET a\r\nEXEC\r\nCLIENT GETNAME\r\n"),
              "+OK\r\n+QUEUED\r\n+QUEUED\r\n*-1\r\n$-1\r\n");
}

TEST_F(ConnectionTest, WhatAClientQueuesAndWatchesIsBounded) {
    Connection small{ClientInfo{}, facts_, {.request_bytes_max = 1000}};
    server_.serve(small, "MULTI\r\n");
    std::string replies;
    for (int i = 0; i < 100; ++i)
        replies += server_.serve(small, "SET a 1234567890\r\nPING 1234567890\r\n");
    EXPECT_THAT(replies, HasSubstr("-ERR transaction too large\r\n"));
    EXPECT_THAT(server_.serve(small, "EXEC\r\n"), StartsWith("-EXECABORT"));
    replies.clear();
    for (int i = 0; i < 100; ++i)
        replies += server_.serve(small, "WATCH key" + std::to_string(i) + "\r\n");
    EXPECT_THAT(replies, HasSubstr("-ERR too many watched keys\r\n"));
}

TEST_F(ConnectionTest, ItsOwnRepliesOfATransactionAreBoundedAsThoseOfTheStore) {
    std::string commands = "MULTI\r\n";
    for (int k = 0; k < 30'000; ++k)
        commands += "COMMAND\r\n";
    const std::size_t reply = say("COMMAND\r\n").size();
    const std::string replies = say(commands + "SET a 1\r\nEXEC\r\nGET a\r\n");
    ASSERT_GT(reply * 30'000, 100U << 20);
    EXPECT_LT(replies.size(), 70U << 20);
    EXPECT_TRUE(replies.ends_with("-ERR the reply would be too large\r\n+OK\r\n$1\r\n1\r\n"));
}

TEST_F(ConnectionTest, OnceIsForCommandsOfTheStoreAlone) {
    for (const std::string command : {"WATCH a b", "EXEC", "PING", "SYNOD.ONCE d 1 GET a"})
        EXPECT_THAT(say("SYNOD.ONCE c 2 " + command + "\r\n"), HasSubstr("cannot be run once")) << command;
}

TEST_F(ConnectionTest, AnAnswerOfOnceComesInTheProtocolOfWhoeverAsks) {
    OnceServer server;
    Connection other{ClientInfo{.id = 8}, facts_};
    EXPECT_THAT(server.ask(other, "HELLO 3\r\n"), StartsWith("%7"));
    constexpr std::string_view kAsked = "SYNOD.ONCE c 1 MGET a b\r\n";
    EXPECT_EQ(server.ask(connection_, kAsked), "*2\r\n$-1\r\n$-1\r\n");
    EXPECT_EQ(server.ask(other, kAsked), "*2\r\n_\r\n_\r\n");
    EXPECT_EQ(server.ask(connection_, kAsked), "*2\r\n$-1\r\n$-1\r\n");
}

TEST_F(ConnectionTest, AnAnswerOfOnceComesInTheProtocolInWhichItWasAskedFor) {
    submit("SYNOD.ONCE c 1 GET a\r\nHELLO 3\r\n");
    connection_.answer("_\r\n");
    EXPECT_THAT(sent(), StartsWith("$-1\r\n%7"));
}

constexpr std::string_view kFull = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";

TEST_F(ConnectionTest, WhatMayNeedMoreMemoryIsRefusedWhileTheServerIsFull) {
    say("SET a 1\r\n");
    facts_.full = true;
    for (const std::string command : {"SET a 2", "INCR a", "APPEND a x", "MSET a 1 b 2", "SETRANGE a 9 x"})
        EXPECT_EQ(say(command + "\r\n"), kFull) << command;
    EXPECT_EQ(say("GET a\r\nEXPIRE a 100\r\nRENAME a b\r\nPING\r\nDEL b\r\n"),
              "$1\r\n1\r\n:1\r\n+OK\r\n+PONG\r\n:1\r\n");
    facts_.full = false;
    EXPECT_EQ(say("SET a 2\r\n"), "+OK\r\n");
}

TEST_F(ConnectionTest, WhatIsRefusedForMemoryKeepsItsPlaceAmongTheReplies) {
    submit("SET a 1\r\n");
    facts_.full = true;
    submit("SET a 2\r\nGET a\r\n");
    EXPECT_EQ(answer(), "+OK\r\n" + std::string(kFull));
    EXPECT_EQ(answer(), "$1\r\n1\r\n");
}

TEST_F(ConnectionTest, ATransactionIsNeitherQueuedNorRunWhileTheServerIsFull) {
    say("MULTI\r\nSET a 1\r\n");
    facts_.full = true;
    EXPECT_EQ(say("GET a\r\n"), kFull);
    EXPECT_EQ(say("EXEC\r\n"),
              "-EXECABORT Transaction discarded because of: " + std::string(kFull.substr(1)));
    EXPECT_EQ(say("EXEC\r\nGET a\r\n"), "-ERR EXEC without MULTI\r\n$-1\r\n");
    facts_.full = false;
    say("MULTI\r\nGET a\r\n");
    facts_.full = true;
    EXPECT_EQ(say("EXEC\r\n"), "*1\r\n$-1\r\n");
}

TEST_F(ConnectionTest, ANumberedCommandThatIsRefusedForMemoryIsNeverRunAndOneThatHasRunIsAnswered) {
    OnceServer server;
    EXPECT_EQ(server.ask(connection_, "SYNOD.ONCE c 1 INCR n\r\n"), ":1\r\n");
    facts_.full = true;
    EXPECT_EQ(server.ask(connection_, "SYNOD.ONCE c 1 INCR n\r\n"), ":1\r\n");
    EXPECT_EQ(server.ask(connection_, "SYNOD.ONCE c 2 INCR n\r\n"), kFull);
    EXPECT_EQ(server.ask(connection_, "SYNOD.ONCE c 3 GET n\r\n"), "$1\r\n1\r\n");
    facts_.full = false;
    EXPECT_EQ(server.ask(connection_, "SYNOD.ONCE d 1 INCR n\r\n"), ":2\r\n");
    facts_.full = true;
    EXPECT_EQ(server.ask(connection_, "SYNOD.ONCE d 2 INCR n\r\n"), kFull);
    facts_.full = false;
    EXPECT_EQ(server.ask(connection_, "SYNOD.ONCE d 2 INCR n\r\n"), kFull);
    EXPECT_EQ(server.ask(connection_, "SYNOD.ONCE d 3 INCR n\r\n"), ":3\r\n");
}

TEST_F(ConnectionTest, OnceSpoilsATransaction) {
    EXPECT_THAT(say("MULTI\r\nSYNOD.ONCE c 1 SET a 1\r\n"), HasSubstr("-ERR SYNOD.ONCE takes"));
    EXPECT_EQ(say("SET a 2\r\nEXEC\r\nGET a\r\n"),
              "+QUEUED\r\n-EXECABORT Transaction discarded because of previous errors.\r\n$-1\r\n");
}

// ---- What it answers by itself
// ---------------------------------------------------------------------------------

TEST_F(ConnectionTest, SpeaksTheProtocolThatTheClientChose) {
    EXPECT_EQ(say("GET a\r\n"), "$-1\r\n");
    EXPECT_THAT(say("HELLO 3 AUTH default x SETNAME me\r\n"),
                StartsWith("%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n"));
    EXPECT_EQ(say("GET a\r\nCLIENT GETNAME\r\nCONFIG GET max*\r\nINFO clients\r\n"),
              "_\r\n$2\r\nme\r\n%1\r\n$9\r\nmaxmemory\r\n$1\r\n0\r\n=36\r\ntxt:# "
              "Clients\r\nconnected_clients:1\r\n\r\n");
    EXPECT_EQ(say("RESET\r\nGET a\r\nCLIENT GETNAME\r\n"), "+RESET\r\n$-1\r\n$-1\r\n");
}

TEST_F(ConnectionTest, KnowsItsClient) {
    EXPECT_EQ(say("CLIENT ID\r\nCLIENT SETINFO lib-name x\r\nCLIENT LIST\r\n"),
              ":7\r\n+OK\r\n$5\r\nid=7\n\r\n");
    EXPECT_THAT(say("CLIENT INFO\r\n"), HasSubstr("id=7 addr=127.0.0.1:9 name= "));
}

TEST_F(ConnectionTest, RefusesLongNames) {
    const std::string name(1024, 'x');
    constexpr std::string_view kLong = "-ERR Client names cannot be longer than 1024 bytes.\r\n";
    EXPECT_EQ(say("CLIENT SETNAME " + name + "\r\n"), "+OK\r\n");
    EXPECT_EQ(say("CLIENT SETNAME y" + name + "\r\n"), kLong);
    EXPECT_EQ(say("HELLO 3 SETNAME y" + name + "\r\n"), kLong);
    EXPECT_EQ(connection_.client().name, name);
}

TEST_F(ConnectionTest, WhatAnErrorRecommendsIsThere) {
    for (const std::string container : {"CLIENT", "COMMAND", "CONFIG"}) {
        EXPECT_THAT(say(container + " NOSUCH\r\n"), HasSubstr("Try " + container + " HELP.\r\n"));
        const std::string help = say(container + " hElP\r\n");
        EXPECT_THAT(help, HasSubstr("\r\n+" + container + " <subcommand> "));
        EXPECT_THAT(help, HasSubstr("\r\n+HELP\r\n+    The subcommands.\r\n"));
        EXPECT_EQ(end_of_reply(help), help.size());
    }
    EXPECT_EQ(say("CONFIG HELP\r\n"),
              "*5\r\n+CONFIG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n"
              "+GET\r\n+    Parameters whose names match a pattern.\r\n+HELP\r\n+    The subcommands.\r\n");
}

TEST_F(ConnectionTest, DescribesTheCommands) {
    EXPECT_EQ(say("COMMAND INFO get nosuch\r\n"),
              "*2\r\n*10\r\n$3\r\nget\r\n:2\r\n*1\r\n+readonly\r\n:1\r\n:1\r\n:1\r\n*0\r\n*0\r\n*0\r\n*0\r\n*"
              "-1\r\n");
    EXPECT_EQ(say("COMMAND DOCS get\r\n"),
              "*2\r\n$3\r\nget\r\n*4\r\n$7\r\nsummary\r\n$8\r\nA value.\r\n$5\r\ngroup\r\n$6\r\nstring\r\n");
    std::string head = say("COMMAND COUNT\r\n");
    head[0] = '*';
    EXPECT_THAT(say("COMMAND\r\n"), StartsWith(head));
    EXPECT_THAT(say("COMMAND LIST\r\n"), StartsWith(head));
}

}  // namespace
}  // namespace synod::rsm::test

#include "synod/rsm/store.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <set>

#include "rsm/rsm_test.hpp"
#include "synod/rsm/command.hpp"

namespace synod::rsm::test {
namespace {

static_assert(StateMachine<Store>);

std::string bulk(std::string_view text) {
    return fmt::format("${}\r\n{}\r\n", text.size(), text);
}
constexpr std::string_view kNull = "$-1\r\n";

std::string transaction(const std::vector<std::vector<std::string_view>>& commands,
                        const std::vector<std::pair<std::string, std::uint64_t>>& watched = {}) {
    TransactionQueue queue;
    for (const auto& command : commands)
        queue.add(command);
    std::string bytes;
    queue.encode(bytes, Protocol::resp2, watched);
    return bytes;
}

class StoreTest : public testing::Test {
protected:
    std::string run(const std::string& operation) {
        std::string reply;
        server_.replica.apply(server_.now, as_bytes(operation), reply);
        return reply;
    }
    [[nodiscard]] const Keyspace& keys() const { return server_.replica.machine().keys(); }
    TestServer server_;
};

// ---- Time
// ------------------------------------------------------------------------------------------------------

TEST_F(StoreTest, AKeyIsThereUntilItsDeadlineIsPast) {
    server_.apply({"SET", "k", "v", "PX", "100"});
    server_.now.ms += 100;
    EXPECT_EQ(server_.apply({"GET", "k"}), bulk("v"));
    server_.now.ms += 1;
    EXPECT_EQ(server_.apply({"GET", "k"}), kNull);
    EXPECT_EQ(server_.apply({"DBSIZE"}), ":0\r\n");
}

TEST_F(StoreTest, AQueryAnswersAsOfTheLastEntry) {
    server_.apply({"SET", "k", "v", "PX", "100"});
    server_.now.ms += 500;
    EXPECT_EQ(server_.query({"GET", "k"}), bulk("v"));
    server_.apply({"PERSIST", "other"});
    EXPECT_EQ(server_.query({"GET", "k"}), kNull);
}

TEST_F(StoreTest, TheEarliestDeadlineTellsFromWhenOnAKeyIsDue) {
    EXPECT_FALSE(keys().has_due({9'000'000}));
    server_.apply({"SET", "late", "v", "PXAT", "3000000"});
    server_.apply({"SET", "early", "v", "PXAT", "2000000"});
    EXPECT_FALSE(keys().has_due({2'000'000}));
    EXPECT_TRUE(keys().has_due({2'000'001}));
    server_.now = {2'000'001};
    run(transaction({}));
    EXPECT_FALSE(keys().has_due({2'000'001}));
}

TEST(Operation, TellsTheFirstArgumentOfACommandAndNothingOfWhatIsNone) {
    const std::string set = operation({"SET", "key", "value"});
    EXPECT_EQ(first_argument(as_bytes(set)), "key");
    const std::string alone = operation({"DBSIZE"});
    EXPECT_EQ(first_argument(as_bytes(alone)), "");
    const std::string several = transaction({{"GET", "a"}});
    EXPECT_EQ(first_argument(as_bytes(several)), "");
    const std::size_t key_end = set.find("key") + 3;
    for (std::size_t size = 0; size < key_end; ++size)
        EXPECT_EQ(first_argument(as_bytes(set).first(size)), "") << size;
}

TEST_F(StoreTest, WhatExpiresTogetherIsRemovedAFewAtEachEntryAndGoneAtOnce) {
    for (int i = 0; i < 1000; ++i)
        server_.apply({"SET", fmt::format("k{}", i), "v", "PXAT", "2000000"});
    server_.now = {2'000'001};
    EXPECT_EQ(server_.apply({"EXISTS", "k0", "k500", "k999"}), ":0\r\n");
    EXPECT_EQ(server_.apply({"KEYS", "*"}), "*0\r\n");
    const std::size_t held = keys().size();
    EXPECT_GT(held, 800U);
    run(transaction({}));  // no command: time alone
    EXPECT_LT(keys().size(), held);
    for (int i = 0; i < 40; ++i)
        run(transaction({}));
    EXPECT_EQ(keys().size(), 0U);
    EXPECT_EQ(keys().keys_with_deadline(), 0U);
}

TEST_F(StoreTest, AnExpiredKeyThatIsStillHeldIsNewWhenItIsWritten) {
    for (int i = 0; i < 200; ++i)
        server_.apply({"SET", fmt::format("k{}", i), "10", "PX", "100"});
    server_.now.ms += 200;
    // Whichever were removed first: the last of these are held.
    for (int i = 0; i < 200; ++i) {
        EXPECT_EQ(server_.apply({"APPEND", fmt::format("k{}", i), "x"}), ":1\r\n");
        EXPECT_EQ(server_.apply({"TTL", fmt::format("k{}", i)}), ":-1\r\n");
    }
    keys().check_invariants();
}

TEST_F(StoreTest, SettingAKeyWithADeadlineForEverTakesNoMoreMemory) {
    for (int i = 0; i < 10'000; ++i)
        server_.apply({"SET", "k", "v", "EX", "1000"});
    EXPECT_EQ(keys().keys_with_deadline(), 1U);
}

// ---- Transactions
// ----------------------------------------------------------------------------------------------

TEST_F(StoreTest, ATransactionRunsAtOnePointOfTheLog) {
    EXPECT_EQ(run(transaction({{"SET", "a", "x"}, {"INCR", "a"}, {"GET", "a"}})),
              "*3\r\n+OK\r\n-ERR value is not an integer or out of range\r\n" + bulk("x"));
}

TEST_F(StoreTest, ATransactionRunsOnlyIfWhatItWatchedIsAsItWas) {
    server_.apply({"SET", "a", "1"});
    const std::uint64_t version = keys().version("a");
    server_.apply({"SET", "a", "1"});
    EXPECT_EQ(run(transaction({{"SET", "b", "1"}}, {{"a", version}})), "*-1\r\n");
    EXPECT_EQ(keys().find("b"), nullptr);
    EXPECT_EQ(run(transaction({{"SET", "b", "1"}}, {{"a", keys().version("a")}, {"none", 0}})),
              "*1\r\n+OK\r\n");
}

TEST_F(StoreTest, AKeyThatWasRemovedAndSetAgainIsAnotherOne) {
    server_.apply({"SET", "a", "1"});
    const std::uint64_t version = keys().version("a");
    server_.apply({"DEL", "a"});
    EXPECT_NE(keys().version("a"), version);
    server_.apply({"SET", "a", "1"});
    EXPECT_NE(keys().version("a"), version);
}

TEST_F(StoreTest, ACommandThatChangesAKeyGivesItOneNewVersion) {
    server_.apply({"SET", "a", "1", "PX", "1000"});
    const auto versions_by = [&](const std::vector<std::string_view>& command) {
        const std::uint64_t before = keys().version("a");
        server_.apply(command);
        return keys().version("a") - before;
    };
    EXPECT_EQ(versions_by({"SET", "a", "2", "PX", "2000"}), 1U);
    EXPECT_EQ(versions_by({"EXPIRE", "a", "1000"}), 1U);
    EXPECT_EQ(versions_by({"PERSIST", "a"}), 1U);
    EXPECT_EQ(versions_by({"PERSIST", "a"}), 0U);
    EXPECT_EQ(versions_by({"GETEX", "a", "EX", "1000"}), 1U);
    EXPECT_EQ(versions_by({"GETEX", "a", "PERSIST"}), 1U);
    EXPECT_EQ(versions_by({"GETEX", "a", "PERSIST"}), 0U);
    EXPECT_EQ(versions_by({"GETEX", "a", "EX", "1000"}), 1U);
    EXPECT_EQ(versions_by({"MSET", "a", "3"}), 1U);
}

TEST_F(StoreTest, AKeyThatTakesTheNameOfAnotherGetsOneNewVersion) {
    server_.apply({"SET", "a", "1", "PX", "1000"});
    server_.apply({"SET", "b", "1", "PX", "1000"});
    const std::uint64_t before = keys().version("b");
    server_.apply({"RENAME", "a", "b"});
    EXPECT_EQ(keys().version("b"), before + 1);
}

TEST_F(StoreTest, CountsTheMemoryOfItsKeysAndGivesItBack) {
    EXPECT_EQ(keys().memory_bytes(), 0U);
    const std::string large(1 << 20, 'v');
    server_.apply({"SET", "a", large});
    EXPECT_GT(keys().memory_bytes(), large.size());
    EXPECT_LT(keys().memory_bytes(), large.size() + 1000);
    server_.apply({"SET", "b", "1", "PX", "10"});
    server_.apply({"SET", "a", "small"});
    EXPECT_LT(keys().memory_bytes(), 1000U);
    for (int k = 0; k < 1000; ++k)
        server_.apply({"APPEND", "a", "0123456789"});
    EXPECT_GE(keys().memory_bytes(), 10'000U);
    EXPECT_LT(keys().memory_bytes(), 25'000U);
    keys().check_invariants();
    TestServer other;
    ASSERT_EQ(other.replica.restore(as_bytes(server_.snapshot())), std::nullopt);
    EXPECT_GE(other.replica.machine().keys().memory_bytes(), 10'000U);
    other.replica.machine().keys().check_invariants();
    server_.now.ms += 11;
    server_.apply({"RENAME", "a", "c"});
    keys().check_invariants();
    server_.apply({"DEL", "c"});
    EXPECT_EQ(keys().memory_bytes(), 0U);
    server_.apply({"SET", "a", large});
    server_.apply({"FLUSHALL"});
    EXPECT_EQ(keys().memory_bytes(), 0U);
}

TEST_F(StoreTest, AWatchedKeyThatExpiresHasChanged) {
    server_.apply({"SET", "a", "1", "PX", "10"});
    const std::uint64_t version = keys().version("a");
    server_.now.ms += 11;
    EXPECT_EQ(run(transaction({{"GET", "a"}}, {{"a", version}})), "*-1\r\n");
}

// ---- What others send
// ------------------------------------------------------------------------------------------

TEST_F(StoreTest, MalformedOperationsAreAnsweredAndChangeNothing) {
    server_.apply({"SET", "a", "1"});
    const std::string good =
        transaction({{"SET", "a", "2"}, {"SET", "b", "2"}}, {{"a", keys().version("a")}});
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_EQ(run(good.substr(0, size)), "-ERR malformed operation\r\n") << size;
    EXPECT_EQ(run(good + "x"), "-ERR malformed operation\r\n");
    EXPECT_EQ(server_.apply({"GET", "a"}), bulk("1"));
    EXPECT_EQ(server_.apply({"GET", "b"}), kNull);
}

// Found by tests/fuzz.
TEST_F(StoreTest, ASnapshotOfNoEntryThatHasKeysIsOverwrittenByTheFirstEntry) {
    server_.apply({"SET", "a", "1", "PX", "10"});
    std::string snapshot;
    server_.replica.machine().snapshot(snapshot);
    Store store;
    ASSERT_TRUE(store.restore(as_bytes(snapshot)));
    const std::string get = operation({"GET", "a"});
    for (std::uint64_t position = 0; position < 3; ++position) {
        std::string reply;
        store.apply({Position{position}, {2'000'000}, as_bytes(get)}, reply);
        EXPECT_EQ(reply, kNull);
        store.keys().check_invariants();
    }
}

// Found by tests/fuzz.
TEST_F(StoreTest, ASnapshotOfMoreChangesThanThereCanBeIsRefused) {
    std::string bytes;
    Store{}.snapshot(bytes);
    Store store;
    ASSERT_TRUE(store.restore(as_bytes(bytes)));
    bytes.replace(8, 8, "\xfb\xff\xff\xff\xff\xff\xff\xff");  // behind the time
    EXPECT_FALSE(store.restore(as_bytes(bytes)));
}

TEST_F(StoreTest, CommandsOfTheConnectionAreNoOperations) {
    EXPECT_EQ(server_.apply({"PING"}), "-ERR malformed operation\r\n");
    EXPECT_EQ(server_.apply({"MULTI"}), "-ERR malformed operation\r\n");
    EXPECT_EQ(server_.apply({"NOSUCH"}), "-ERR unknown command 'NOSUCH', with args beginning with: \r\n");
    EXPECT_EQ(server_.apply({"GET"}), "-ERR wrong number of arguments for 'get' command\r\n");
}

TEST_F(StoreTest, AQueryThatWouldWriteIsRefused) {
    EXPECT_EQ(server_.query({"SET", "a", "1"}), "-ERR malformed operation\r\n");
    std::string reply;
    server_.replica.machine().query(as_bytes(transaction({{"GET", "a"}})), reply);
    EXPECT_EQ(reply, "-ERR malformed operation\r\n");
}

TEST_F(StoreTest, ValuesDoNotGrowBeyondTheLimit) {
    TestServer server(100);
    EXPECT_EQ(server.apply({"SETRANGE", "a", "99", "x"}), ":100\r\n");
    const std::string too_long = "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n";
    EXPECT_EQ(server.apply({"SETRANGE", "a", "100", "x"}), too_long);
    EXPECT_EQ(server.apply({"SETRANGE", "b", "9223372036854775807", "x"}), too_long);
    EXPECT_EQ(server.apply({"APPEND", "a", "x"}), too_long);
    EXPECT_EQ(server.apply({"SET", "b", std::string(101, 'x')}), too_long);
    EXPECT_EQ(server.apply({"EXISTS", "b"}), ":0\r\n");
}

TEST_F(StoreTest, AFewBytesOfRequestDoNotAskForAnyAmount) {
    server_.apply({"SETRANGE", "a", "33554431", "x"});
    const std::string too_large = "-ERR the reply would be too large\r\n";
    EXPECT_EQ(server_.apply({"MGET", "a", "a", "a"}), too_large);
    const std::string reply = run(transaction(std::vector<std::vector<std::string_view>>(100, {"GET", "a"})));
    EXPECT_LT(reply.size(), 110U << 20);
    EXPECT_TRUE(reply.ends_with(too_large));
}

TEST_F(StoreTest, NullsAreOfTheClientsProtocol) {
    std::string reply;
    server_.replica.apply(server_.now, as_bytes(operation({"GET", "a"}, Protocol::resp3)), reply);
    EXPECT_EQ(reply, "_\r\n");
}

// ---- Chance
// ----------------------------------------------------------------------------------------------------

TEST_F(StoreTest, EveryKeyIsAsLikelyAsTheOthers) {
    constexpr int kKeys = 50;
    for (int i = 0; i < kKeys; ++i)
        server_.apply({"SET", fmt::format("k{}", i), "v"});
    std::map<std::string, int> drawn;
    for (int i = 0; i < 400 * kKeys; ++i)
        ++drawn[server_.apply({"RANDOMKEY"})];
    EXPECT_EQ(drawn.size(), std::size_t{kKeys});
    for (const auto& [reply, times] : drawn) {
        EXPECT_GT(times, 300) << reply;
        EXPECT_LT(times, 500) << reply;
    }
}

TEST_F(StoreTest, TwoDrawsOfOneTransactionAreTwo) {
    for (int i = 0; i < 100; ++i)
        server_.apply({"SET", fmt::format("k{}", i), "v"});
    const std::string reply = run(transaction(std::vector<std::vector<std::string_view>>(20, {"RANDOMKEY"})));
    std::set<std::string> drawn;
    for (std::string_view rest = std::string_view(reply).substr(5); !rest.empty();) {
        const std::size_t end = end_of_reply(rest);
        drawn.emplace(rest.substr(0, end));
        rest.remove_prefix(end);
    }
    EXPECT_GT(drawn.size(), 5U);
}

TEST_F(StoreTest, NoKeyIsDrawnThatIsExpired) {
    server_.apply({"SET", "stays", "v"});
    for (int i = 0; i < 2000; ++i)
        server_.apply({"SET", fmt::format("k{}", i), "v", "PX", "100"});
    server_.now.ms += 101;
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(server_.apply({"RANDOMKEY"}), bulk("stays"));
    server_.apply({"DEL", "stays"});
    EXPECT_EQ(server_.apply({"RANDOMKEY"}), kNull);
}

// ---- Replicas
// --------------------------------------------------------------------------------------------------

std::vector<std::string> any_command() {
    const auto key = [] { return fmt::format("k{}", *rc::gen::inRange(0, 30)); };
    const auto number = [] { return std::to_string(*rc::gen::inRange(-3, 300)); };
    switch (*rc::gen::inRange(0, 14)) {
        case 0:
            return {"SET", key(), number(), "PX", std::to_string(*rc::gen::inRange(1, 300))};
        case 1:
            return {"INCRBY", key(), number()};
        case 2:
            return {"RENAME", key(), key()};
        case 3:
            return {"PEXPIRE", key(), number()};
        case 4:
            return {"RANDOMKEY"};
        case 5:
            return {"KEYS", "*"};
        case 6:
            return {"SCAN", "0", "COUNT", "3"};
        case 7:
            return {"DEL", key(), key()};
        case 8:
            return {"GETEX", key(), "PX", "50"};
        case 9:
            return {"DBSIZE"};
        case 10:
            return *rc::gen::inRange(0, 20) == 0 ? std::vector<std::string>{"FLUSHALL"}
                                                 : std::vector<std::string>{"PERSIST", key()};
        case 11:
            return {"INCRBYFLOAT", key(), "0.25"};
        default:
            return {"SET", key(), number()};
    }
}

TEST(StoreReplicas, AreEqualWhetherTheyReadTheLogOrASnapshot) {
    rc::check([] {
        TestServer one;
        TestServer other;
        const int steps = *rc::gen::inRange(1, 120);
        const int moves = *rc::gen::inRange(0, steps);
        for (int step = 0; step < steps; ++step) {
            if (step == moves) {
                const std::string snapshot = one.snapshot();
                RC_ASSERT(other.replica.restore(as_bytes(snapshot)) == std::nullopt);
                RC_ASSERT(other.snapshot() == snapshot);
            }
            const auto words = any_command();
            const std::vector<std::string_view> views(words.begin(), words.end());
            one.now.ms += *rc::gen::inRange(-20, 60);
            other.now = one.now;
            const std::string reply = one.apply(views);
            if (step >= moves) RC_ASSERT(other.apply(views) == reply);
        }
        one.replica.machine().keys().check_invariants();
        other.replica.machine().keys().check_invariants();
        RC_ASSERT(other.snapshot() == one.snapshot());
    });
}

TEST(StoreReplicas, TakeNoStateThatCouldNotBe) {
    Store store;
    TestServer server;
    server.apply({"SET", "a", "1"});
    std::string state;
    server.replica.machine().snapshot(state);
    EXPECT_FALSE(store.restore(as_bytes(state + "x")));
    for (std::size_t size = 0; size < state.size(); ++size)
        EXPECT_FALSE(store.restore(as_bytes(state.substr(0, size)))) << size;
    EXPECT_TRUE(store.restore(as_bytes(state)));
    EXPECT_EQ(store.keys().size(), 1U);
}

TEST(StoreScan, MeetsEveryKeyThatStays) {
    TestServer server;
    for (int i = 0; i < 300; ++i)
        server.apply({"SET", fmt::format("stay{}", i), "v"});
    std::multiset<std::string> met;
    std::string cursor = "0";
    int steps = 0;
    do {
        const std::string reply = server.apply({"SCAN", cursor, "MATCH", "stay*", "COUNT", "7"});
        const std::size_t begin = reply.find("\r\n", 4) + 2;
        cursor = reply.substr(begin, reply.find('\r', begin) - begin);
        for (std::size_t at = reply.find("stay"); at != std::string::npos; at = reply.find("stay", at + 1))
            met.insert(reply.substr(at, reply.find('\r', at) - at));
        for (int i = 0; i < 100; ++i)
            server.apply({steps % 2 == 0 ? "SET" : "DEL", fmt::format("go{}", i + steps / 2 * 100), "v"});
        ++steps;
    } while (cursor != "0");
    EXPECT_EQ(met.size(), 300U);
    EXPECT_EQ(std::set<std::string>(met.begin(), met.end()).size(), 300U);
}

TEST(Commands, AreEachAnsweredInOneWay) {
    for (const Command& command : all_commands()) {
        EXPECT_EQ(find_command(command.name), &command);
        const int ways = (command.read != nullptr) + (command.write != nullptr) + (command.own != nullptr);
        const bool is_container = command.name == "client" || command.name == "config";
        EXPECT_EQ(ways + (command.control != Control::none && command.control != Control::watch),
                  is_container ? 0 : 1)
            << command.name;
    }
    EXPECT_EQ(find_command("gEt"), find_command("get"));
    EXPECT_EQ(find_command("nosuch"), nullptr);
    EXPECT_EQ(find_command(std::string(1000, 'x')), nullptr);
}

}  // namespace
}  // namespace synod::rsm::test

#include "synod/rsm/once.hpp"

#include <gtest/gtest.h>

#include <string>

#include "synod/rsm/replica.hpp"

namespace synod::rsm {
namespace {

// Counts the commands that it is given, and answers how many there were.
struct Counter {
    static constexpr SnapshotFormat kSnapshotFormat{"test.counter", 1};
    void apply(const LogEntry&, std::string& reply) { reply += std::to_string(++count) + padding; }
    void snapshot(std::string& out) const { out += static_cast<char>(count); }
    [[nodiscard]] bool restore(Bytes snapshot) {
        if (snapshot.size() != 1) return false;
        count = static_cast<int>(snapshot[0]);
        return true;
    }
    int count = 0;
    std::string padding;
};

using OnceCounter = Replica<Once<Counter>>;

std::string numbered(std::string_view client, std::uint64_t sequence) {
    std::string command;
    encode_once(command, {client, sequence});
    return command + "count";
}

std::string run(OnceCounter& replica, const std::string& command) {
    std::string reply;
    replica.apply({}, as_bytes(command), reply);
    return reply;
}

TEST(Once, ACommandThatComesAgainIsAnsweredAgainAndNotRunAgain) {
    OnceCounter replica{Once<Counter>{}};
    EXPECT_EQ(run(replica, numbered("a", 1)), "1");
    EXPECT_EQ(run(replica, numbered("a", 1)), "1");
    EXPECT_EQ(run(replica, numbered("a", 2)), "2");
    EXPECT_EQ(run(replica, numbered("b", 1)), "3");
    EXPECT_EQ(run(replica, numbered("a", 2)), "2");
    EXPECT_EQ(replica.machine().machine().count, 3);
}

TEST(Once, CommandsWithoutANumberRunEachTime) {
    OnceCounter replica{Once<Counter>{}};
    EXPECT_EQ(run(replica, "\x01"), "1");
    EXPECT_EQ(run(replica, "\x01"), "2");
}

TEST(Once, AnOlderCommandThanTheLastIsNotRun) {
    OnceCounter replica{Once<Counter>{}};
    run(replica, numbered("a", 1));
    run(replica, numbered("a", 3));
    EXPECT_TRUE(run(replica, numbered("a", 2)).starts_with("-ERR a later command"));
    EXPECT_EQ(replica.machine().machine().count, 2);
}

TEST(Once, WhoIsForgottenIsToldSoAndNothingIsRun) {
    OnceCounter replica{Once<Counter>{}};
    run(replica, numbered("first", 1));
    for (std::size_t k = 0; k < LastAnswers::kClientsMax; ++k)
        run(replica, numbered("client " + std::to_string(k), 1));
    const int count = replica.machine().machine().count;
    EXPECT_TRUE(run(replica, numbered("first", 2)).starts_with("-ERR nothing is known"));
    EXPECT_EQ(replica.machine().machine().count, count);
}

TEST(Once, WhoeverWasUsedLastIsKept) {
    OnceCounter replica{Once<Counter>{}};
    run(replica, numbered("first", 1));
    for (std::size_t k = 0; k < LastAnswers::kClientsMax - 1; ++k)
        run(replica, numbered("client " + std::to_string(k), 1));
    run(replica, numbered("first", 2));
    run(replica, numbered("one more", 1));
    EXPECT_EQ(run(replica, numbered("first", 2)), std::to_string(LastAnswers::kClientsMax + 1));
}

TEST(Once, AnAnswerThatIsTooLargeIsNotKeptAndTheCommandNotRunAgain) {
    Counter counter;
    counter.padding = std::string(LastAnswers::kAnswerBytesMax, 'x');
    OnceCounter replica{Once<Counter>{counter}};
    EXPECT_TRUE(run(replica, numbered("a", 1)).starts_with("1x"));
    EXPECT_TRUE(run(replica, numbered("a", 1)).starts_with("-ERR the command has run"));
    EXPECT_EQ(replica.machine().machine().count, 1);
}

TEST(Once, AReplicaThatTookASnapshotKnowsTheLastAnswers) {
    OnceCounter replica{Once<Counter>{}};
    run(replica, numbered("a", 1));
    run(replica, numbered("b", 1));
    std::string snapshot;
    replica.snapshot(snapshot);
    OnceCounter other{Once<Counter>{}};
    ASSERT_EQ(other.restore(as_bytes(snapshot)), std::nullopt);
    EXPECT_EQ(run(other, numbered("a", 1)), "1");
    EXPECT_EQ(run(other, numbered("b", 2)), "3");
    std::string again;
    OnceCounter third{Once<Counter>{}};
    ASSERT_EQ(third.restore(as_bytes(snapshot)), std::nullopt);
    third.snapshot(again);
    EXPECT_EQ(again, snapshot);
}

TEST(Once, ACutSnapshotOfAnswersIsRefused) {
    OnceCounter replica{Once<Counter>{}};
    run(replica, numbered("a", 1));
    std::string snapshot;
    replica.machine().snapshot(snapshot);
    for (std::size_t size = 0; size < snapshot.size(); ++size) {
        Once<Counter> other;
        EXPECT_FALSE(other.restore(as_bytes(std::string_view(snapshot).substr(0, size)))) << size;
    }
}

TEST(Once, AMalformedNumberIsNone) {
    for (const std::string& bytes :
         {std::string(), std::string("\x03"), std::string("\x03\x01") + "a",
          "\x03\xff\xff" + std::string(9, 'a'), "\x03\x41" + std::string(80, 'a')}) {
        Bytes command = as_bytes(bytes);
        EXPECT_EQ(take_once(command).has_value(), false);
        EXPECT_EQ(command.size(), bytes.size());
    }
}

}  // namespace
}  // namespace synod::rsm

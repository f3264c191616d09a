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

std::string run(OnceCounter& replica, const std::string& command, std::int64_t ms = 0) {
    std::string reply;
    replica.apply({ms}, as_bytes(command), reply);
    return reply;
}

constexpr std::int64_t kKeptMs = LastAnswers::kKeptMs;

// As many clients as are kept, together with the `before`.
void fill(OnceCounter& replica, std::size_t before, std::int64_t ms) {
    for (std::size_t k = before; k < LastAnswers::kClientsMax; ++k)
        run(replica, numbered("client " + std::to_string(k), 1), ms);
}

OnceCounter copy_of(const OnceCounter& replica) {
    std::string snapshot;
    replica.snapshot(snapshot);
    OnceCounter copy{Once<Counter>{}};
    EXPECT_EQ(copy.restore(as_bytes(snapshot)), std::nullopt);
    return copy;
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
    fill(replica, 1, 1);
    run(replica, numbered("one more", 1), kKeptMs);
    const int count = replica.machine().machine().count;
    EXPECT_TRUE(run(replica, numbered("first", 2), kKeptMs).starts_with("-" + std::string(kOnceForgotten)));
    EXPECT_EQ(replica.machine().machine().count, count);
}

TEST(Once, WhoeverWasUsedLastIsKept) {
    OnceCounter replica{Once<Counter>{}};
    run(replica, numbered("first", 1));
    fill(replica, 1, 0);
    run(replica, numbered("first", 2));
    run(replica, numbered("one more", 1), kKeptMs);
    EXPECT_EQ(run(replica, numbered("first", 2), kKeptMs), std::to_string(LastAnswers::kClientsMax + 1));
}

TEST(Once, WhileAllClientsAreYoungANewOneIsRefusedAndNoneForgotten) {
    OnceCounter replica{Once<Counter>{}};
    run(replica, numbered("first", 1), 1000);
    fill(replica, 1, 1000);
    OnceCounter other = copy_of(replica);
    for (OnceCounter* each : {&replica, &other}) {
        const int count = each->machine().machine().count;
        EXPECT_TRUE(run(*each, numbered("new", 1), 1000 + kKeptMs - 1).starts_with("-ERR too many clients"));
        EXPECT_EQ(each->machine().machine().count, count);
        EXPECT_EQ(run(*each, numbered("first", 1)), "1");
        EXPECT_EQ(run(*each, numbered("client 9", 2)), std::to_string(count + 1));
        EXPECT_EQ(run(*each, numbered("new", 1), 1000 + kKeptMs), std::to_string(count + 2));
    }
}

TEST(Once, ManyLargeAnswersMakeNoCommandRunAgain) {
    Counter counter;
    counter.padding = std::string(LastAnswers::kAnswerBytesMax - 10, 'x');
    OnceCounter replica{Once<Counter>{counter}};
    run(replica, numbered("victim", 1));
    for (int k = 0; k < 70; ++k)
        run(replica, numbered("client " + std::to_string(k), 1));
    OnceCounter other = copy_of(replica);
    for (OnceCounter* each : {&replica, &other}) {
        EXPECT_TRUE(run(*each, numbered("victim", 1)).starts_with("-ERR the command has run"));
        EXPECT_TRUE(run(*each, numbered("client 5", 1)).starts_with("-ERR the command has run"));
        EXPECT_TRUE(run(*each, numbered("client 69", 1)).starts_with("71x"));
        EXPECT_EQ(each->machine().machine().count, 71);
        EXPECT_TRUE(run(*each, numbered("victim", 2)).starts_with("72"));
    }
    EXPECT_TRUE(run(replica, numbered("victim", 2)).starts_with("72x"));
}

TEST(Once, AReplicaFromASnapshotDropsTheSameAnswers) {
    Counter counter;
    counter.padding = std::string(LastAnswers::kAnswerBytesMax - 10, 'x');
    OnceCounter replica{Once<Counter>{counter}};
    for (int k = 60; k > 0; --k)
        run(replica, numbered("client " + std::to_string(k), 1));
    std::string state;
    replica.machine().snapshot(state);
    Once<Counter> other{counter};
    ASSERT_TRUE(other.restore(as_bytes(state)));
    Once<Counter> same = replica.machine();
    for (std::uint64_t k = 0; k < 20; ++k) {
        const std::string command = numbered("late " + std::to_string(k), 1);
        std::string reply;
        other.apply({Position{100 + k}, {}, as_bytes(command)}, reply);
        same.apply({Position{100 + k}, {}, as_bytes(command)}, reply);
    }
    std::string left;
    std::string right;
    other.snapshot(left);
    same.snapshot(right);
    EXPECT_TRUE(left == right);
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

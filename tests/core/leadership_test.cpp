// "A reliable algorithm for electing a proposer must use either randomness or real time... However, safety is
// ensured regardless of the success or failure of the election." ("Paxos Made Simple", section 2.4)

#include "synod/core/leadership.hpp"

#include <gtest/gtest.h>

#include <set>

#include "core/core_test.hpp"

namespace synod::test {
namespace {

class LeadershipTest : public testing::Test {
protected:
    static constexpr Duration kListen = milliseconds(5);
    static constexpr Duration kSilence = milliseconds(150);
    static constexpr Duration kStall = milliseconds(500);

    Leadership leadership_{{.seed = 1}, ms(0)};

    // How long from `now` until it would try.
    Duration wait(Time now) {
        const Time due = leadership_.deadline(false);
        EXPECT_FALSE(leadership_.should_attempt(Time{due.ns - 1}, false));
        EXPECT_TRUE(leadership_.should_attempt(due, false));
        return due.since(now);
    }
    // With a rival that speaks every 10 ms, and a value that goes on waiting.
    Time first_attempt_while_a_rival_lives(Time now) {
        for (;;) {
            leadership_.on_rival(false, now);
            leadership_.on_demand(now);
            if (leadership_.should_attempt(now, true)) return now;
            now = std::min(now + milliseconds(10), leadership_.deadline(true));
        }
    }
    static void expect_spread(Duration found, Duration least) {
        EXPECT_GE(found, least);
        EXPECT_LT(found, least * 2);
    }
};

TEST_F(LeadershipTest, ItListensBeforeItTries) {
    expect_spread(wait(ms(0)), kListen);
}

TEST_F(LeadershipTest, TwoThatStartTogetherDoNotTryTogether) {
    std::set<std::uint64_t> dues;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        dues.insert(Leadership({.seed = seed}, ms(0)).deadline(false).ns);
    }
    EXPECT_EQ(dues.size(), 20u);
}

// "who sees a live ballot making progress stays quiet"
TEST_F(LeadershipTest, WhoSeesALiveLeaderStaysQuiet) {
    for (std::uint64_t now = 1; now < 2000; now += 50) {
        leadership_.on_rival(false, ms(now));
        EXPECT_FALSE(leadership_.should_attempt(ms(now + 50), false));
        EXPECT_FALSE(leadership_.should_attempt(ms(now) + milliseconds(149), false));
    }
    EXPECT_LE(wait(ms(1951)), kSilence * 2);
}

TEST_F(LeadershipTest, ASilentLeaderIsSucceeded) {
    leadership_.on_rival(true, ms(1));
    expect_spread(wait(ms(1)), kSilence);
}

// "who sees a value undecided too long prepares a higher one"
TEST_F(LeadershipTest, ALeaderThatDecidesNothingIsSucceededToo) {
    leadership_.on_demand(ms(100));
    expect_spread(first_attempt_while_a_rival_lives(ms(100)).since(ms(100)), kStall);
}

TEST_F(LeadershipTest, ProgressIsReasonToWait) {
    leadership_.on_demand(ms(100));
    leadership_.on_progress();
    EXPECT_EQ(leadership_.deadline(true), kNever);
    leadership_.on_demand(ms(1000));
    expect_spread(first_attempt_while_a_rival_lives(ms(1000)).since(ms(1000)), kStall);
}

TEST_F(LeadershipTest, ARivalThatHasJustBegunGetsItsTime) {
    leadership_.on_demand(ms(100));
    leadership_.on_rival(true, ms(550));
    EXPECT_EQ(leadership_.deadline(true), kNever);
    leadership_.on_demand(ms(560));
    expect_spread(first_attempt_while_a_rival_lives(ms(560)).since(ms(560)), kStall);
}

// "...after a randomised, growing back-off"
TEST_F(LeadershipTest, WhoIsShutOutWaitsLongerEachTimeUpToABound) {
    Time now = ms(1000);
    Duration least = kSilence;
    for (int k = 0; k < 6; ++k) {
        leadership_.on_shut_out(now);
        least = std::min(least * 2, kSilence * 8);
        expect_spread(wait(now), least);
        now = now + milliseconds(10'000);
    }
    leadership_.on_progress();
    leadership_.on_shut_out(now);
    expect_spread(wait(now), kSilence * 2);
}

// A process that was stopped finds a deadline long past, before it hears what the leader said meanwhile.
TEST_F(LeadershipTest, WhoWasAwayItselfListensBeforeItTries) {
    leadership_.on_rival(true, ms(1000));
    leadership_.on_demand(ms(1000));
    EXPECT_FALSE(leadership_.should_attempt(ms(9000), false));
    expect_spread(wait(ms(9000)), kSilence);
}

TEST_F(LeadershipTest, ALateDemandIsNoAbsence) {
    leadership_.on_demand(ms(9000));
    EXPECT_TRUE(leadership_.should_attempt(ms(9000), true));
}

TEST_F(LeadershipTest, WithoutDemandThereMayBeNoPointInReigning) {
    EXPECT_EQ(leadership_.deadline(true), kNever);
    EXPECT_FALSE(leadership_.should_attempt(ms(60'000), true));
    leadership_.on_demand(ms(0));
    EXPECT_TRUE(leadership_.should_attempt(leadership_.deadline(true), true));
    leadership_.on_attempt();
    EXPECT_EQ(leadership_.deadline(true), kNever);
}

}  // namespace
}  // namespace synod::test

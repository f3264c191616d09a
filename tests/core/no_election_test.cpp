// "A reliable algorithm for electing a proposer must use either randomness or real time... However, safety is
// ensured regardless of the success or failure of the election." ("Paxos Made Simple", section 2.4)

#include "synod/core/no_election.hpp"

#include <gtest/gtest.h>

#include <set>

#include "core/core_test.hpp"

namespace synod::test {
namespace {

const OracleSelf kSelf{ProposerId{1}, kLife};
constexpr ProposerId kOtherProposer{2};

class NoElectionTest : public testing::Test {
protected:
    static constexpr Duration kListen = milliseconds(5);
    static constexpr Duration kSilence = milliseconds(150);
    static constexpr Duration kStall = milliseconds(500);

    NoElection leadership_{kSelf, {.seed = 1}, ms(0)};

    [[nodiscard]] Time deadline() const { return leadership_.deadline({}); }
    bool should_attempt(Time now) {
        Outbox outbox;
        const bool attempt = leadership_.advise({}, now, outbox) == Advice::attempt;
        EXPECT_TRUE(outbox.empty());
        return attempt;
    }
    void only_on_demand() { leadership_ = NoElection(kSelf, {.on_demand_only = true, .seed = 1}, ms(0)); }
    // How long from `now` until it would try.
    Duration wait(Time now) {
        const Time due = deadline();
        EXPECT_FALSE(should_attempt(Time{due.ns - 1}));
        EXPECT_TRUE(should_attempt(due));
        return due.since(now);
    }
    // With a rival that speaks every 10 ms, and a value that goes on waiting.
    Time first_attempt_while_a_rival_lives(Time now) {
        for (;;) {
            leadership_.on_alive(kOtherProposer, now);
            leadership_.on_demand(now);
            if (should_attempt(now)) return now;
            now = std::min(now + milliseconds(10), deadline());
        }
    }
    static void expect_spread(Duration found, Duration least) {
        EXPECT_GE(found, least);
        EXPECT_LT(found, least * 2);
    }
};

TEST_F(NoElectionTest, ItListensBeforeItTries) {
    expect_spread(wait(ms(0)), kListen);
}

TEST_F(NoElectionTest, TwoThatStartTogetherDoNotTryTogether) {
    std::set<std::uint64_t> dues;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        dues.insert(NoElection(kSelf, {.seed = seed}, ms(0)).deadline({}).ns);
    }
    EXPECT_EQ(dues.size(), 20u);
}

// "who sees a live ballot making progress stays quiet"
TEST_F(NoElectionTest, WhoSeesALiveLeaderStaysQuiet) {
    for (std::uint64_t now = 1; now < 2000; now += 50) {
        leadership_.on_alive(kOtherProposer, ms(now));
        EXPECT_FALSE(should_attempt(ms(now + 50)));
        EXPECT_FALSE(should_attempt(ms(now) + milliseconds(149)));
    }
    EXPECT_LE(wait(ms(1951)), kSilence * 2);
}

TEST_F(NoElectionTest, ASilentLeaderIsSucceeded) {
    leadership_.on_new_ballot(ms(1));
    expect_spread(wait(ms(1)), kSilence);
}

// "who sees a value undecided too long prepares a higher one"
TEST_F(NoElectionTest, ALeaderThatDecidesNothingIsSucceededToo) {
    leadership_.on_demand(ms(100));
    expect_spread(first_attempt_while_a_rival_lives(ms(100)).since(ms(100)), kStall);
}

TEST_F(NoElectionTest, ProgressIsReasonToWait) {
    only_on_demand();
    leadership_.on_demand(ms(100));
    leadership_.on_progress(ms(500));
    EXPECT_EQ(deadline(), kNever);
    leadership_.on_demand(ms(1000));
    expect_spread(first_attempt_while_a_rival_lives(ms(1000)).since(ms(1000)), kStall);
}

TEST_F(NoElectionTest, ARivalThatHasJustBegunGetsItsTime) {
    only_on_demand();
    leadership_.on_demand(ms(100));
    leadership_.on_new_ballot(ms(550));
    EXPECT_EQ(deadline(), kNever);
    leadership_.on_demand(ms(560));
    expect_spread(first_attempt_while_a_rival_lives(ms(560)).since(ms(560)), kStall);
}

// "...after a randomised, growing back-off"
TEST_F(NoElectionTest, WhoIsShutOutWaitsLongerEachTimeUpToABound) {
    Time now = ms(1000);
    Duration least = kSilence;
    for (int k = 0; k < 6; ++k) {
        leadership_.on_shut_out(now);
        least = std::min(least * 2, kSilence * 8);
        expect_spread(wait(now), least);
        now = now + milliseconds(10'000);
    }
    leadership_.on_progress(ms(500));
    leadership_.on_shut_out(now);
    expect_spread(wait(now), kSilence * 2);
}

// A process that was stopped finds a deadline long past, before it hears what the leader said meanwhile.
TEST_F(NoElectionTest, WhoWasAwayItselfListensBeforeItTries) {
    leadership_.on_new_ballot(ms(1000));
    leadership_.on_demand(ms(1000));
    EXPECT_FALSE(should_attempt(ms(9000)));
    expect_spread(wait(ms(9000)), kSilence);
}

TEST_F(NoElectionTest, ALateDemandIsNoAbsence) {
    only_on_demand();
    leadership_.on_demand(ms(9000));
    EXPECT_TRUE(should_attempt(ms(9000)));
}

TEST_F(NoElectionTest, WithoutDemandThereMayBeNoPointInReigning) {
    only_on_demand();
    EXPECT_EQ(deadline(), kNever);
    EXPECT_FALSE(should_attempt(ms(60'000)));
    leadership_.on_demand(ms(0));
    EXPECT_TRUE(should_attempt(deadline()));
    leadership_.on_attempt();
    EXPECT_EQ(deadline(), kNever);
}

}  // namespace
}  // namespace synod::test

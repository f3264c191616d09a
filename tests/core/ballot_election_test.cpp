// "A server is quorum-connected if it is connected to at least a majority of servers, itself included", and
// the election elects one that is (Ng, Haridi, Carbone: "Omni-Paxos", EuroSys 2023, section 5); here the
// majority is one of acceptors.

#include "synod/core/ballot_election.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "core/core_test.hpp"
#include "synod/core/hash.hpp"

namespace synod::test {
namespace {

constexpr ProposerId kRival{2};
constexpr Duration kPing = milliseconds(10);
constexpr Duration kSuspect = milliseconds(40);

class BallotElectionTest : public testing::Test {
protected:
    static constexpr OracleSelf kSelf{ProposerId{1}, kLife, 3};

    BallotElection oracle_{kSelf, {.ping = kPing, .suspect = kSuspect, .seed = 1}, ms(1)};
    Standing standing_;
    Time now_ = ms(1);
    std::vector<unsigned> connected_{1, 2, 3};  // acceptors that hear, and are heard
    Duration round_trip_ = microseconds(100);
    Ballot claimed_;  // by somebody that the acceptors hear
    Time claimed_at_;
    std::uint64_t heartbeats_ = 0;
    Duration quiet_;  // as the last heartbeat announced

    // Until the oracle gives advice, or the time is over; with every heartbeat echoed by whoever is
    // connected.
    std::optional<Advice> run_until(Time end) {
        while (std::max(now_, oracle_.deadline(standing_)) < end) {
            now_ = std::max(now_, oracle_.deadline(standing_));
            Outbox outbox;
            const Advice advice = oracle_.advise(standing_, now_, outbox);
            if (advice != Advice::go_on) return advice;
            for (const Heartbeat& heartbeat : sent<Heartbeat>(outbox)) {
                EXPECT_EQ(heartbeat.ballot, standing_.ballot);
                ++heartbeats_;
                quiet_ = heartbeat.quiet;
                now_ = now_ + round_trip_;
                for (const unsigned from : connected_)
                    echo(from, heartbeat.number);
            }
        }
        now_ = end;
        return std::nullopt;
    }
    std::optional<Advice> run_for(Duration duration) { return run_until(now_ + duration); }

    void echo(unsigned from, std::uint64_t number) {
        Outbox outbox;
        const Echo echo{a(from), number, claimed_, claimed_, now_.since(claimed_at_)};
        oracle_.on(echo, acceptor(from), now_, outbox);
    }
    // A rival leads: it is heard directly, or only by the acceptors.
    std::optional<Advice> run_with_a_leader(Duration duration, bool heard) {
        const Time end = now_ + duration;
        while (now_ < end) {
            claimed_ = b(5, kRival.value());
            claimed_at_ = now_;
            if (heard) oracle_.on_alive(kRival, now_);
            if (const auto advice = run_until(std::min(end, now_ + kPing))) return advice;
        }
        return std::nullopt;
    }
    void lead() {
        ASSERT_EQ(run_for(milliseconds(100)), Advice::attempt);
        oracle_.on_attempt();
        standing_ = {b(6), true};
    }
};

TEST_F(BallotElectionTest, WhoIsConnectedAndHearsOfNoLeaderTriesAfterListening) {
    EXPECT_EQ(run_for(milliseconds(100)), Advice::attempt);
    EXPECT_GE(now_, ms(6));
    EXPECT_LE(now_, ms(12));
}

TEST_F(BallotElectionTest, WhoReachesNoQuorumDoesNotTry) {
    connected_ = {2};
    EXPECT_EQ(run_for(milliseconds(10'000)), std::nullopt);
    connected_ = {2, 3};
    EXPECT_EQ(run_for(kPing * 2), Advice::attempt);
}

TEST_F(BallotElectionTest, StrangersAndRepeatsMakeNoQuorum) {
    connected_ = {1, 1, 4, 9};
    EXPECT_EQ(run_for(milliseconds(1000)), std::nullopt);
}

TEST_F(BallotElectionTest, EchoesOfHeartbeatsThatWereNeverSentMakeNoQuorum) {
    connected_ = {1};
    run_for(milliseconds(100));
    for (const std::uint64_t beyond : {std::uint64_t{1}, std::uint64_t{64}, std::uint64_t{1} << 63}) {
        echo(2, 0);
        echo(2, heartbeats_ + beyond);
        EXPECT_EQ(run_for(kPing), std::nullopt) << beyond;
    }
}

// Stickiness.
TEST_F(BallotElectionTest, ALeaderThatLivesIsLeftAlone) {
    EXPECT_EQ(run_with_a_leader(milliseconds(5000), true), std::nullopt);
}

// Of the acceptors that hear the leader, some one hears us: quorums meet.
TEST_F(BallotElectionTest, ALeaderThatOnlyTheAcceptorsHearIsLeftAloneToo) {
    EXPECT_EQ(run_with_a_leader(milliseconds(5000), false), std::nullopt);
    connected_ = {1, 2};
    EXPECT_EQ(run_with_a_leader(milliseconds(5000), false), std::nullopt);
}

TEST_F(BallotElectionTest, ASilentLeaderIsSucceededAfterTheTimeout) {
    run_with_a_leader(milliseconds(500), true);
    oracle_.on_new_ballot(now_);
    const Time silent = now_;
    EXPECT_EQ(run_for(milliseconds(500)), Advice::attempt);
    EXPECT_GE(now_.since(silent), kSuspect);
    EXPECT_LE(now_.since(silent), kSuspect * 2);
}

TEST_F(BallotElectionTest, TwoThatMissTheSameLeaderDoNotTryTogether) {
    const auto tries_at = [](std::uint64_t seed) {
        BallotElection oracle(kSelf, {.seed = seed}, ms(1));
        oracle.on_new_ballot(ms(1));
        Outbox outbox;
        Time now = ms(1);
        while (oracle.advise({}, now, outbox) != Advice::attempt) {
            for (const Heartbeat& heartbeat : sent<Heartbeat>(outbox)) {
                for (const unsigned from : {1u, 2u})
                    oracle.on(Echo{a(from), heartbeat.number, {}, {}, {}}, acceptor(from), now, outbox);
            }
            outbox.clear();
            now = now + microseconds(100);
        }
        return now;
    };
    EXPECT_NE(tries_at(1), tries_at(2));
}

// A claim of our own, from before we stood down, is nobody else's.
TEST_F(BallotElectionTest, ItsOwnClaimDoesNotKeepItQuiet) {
    claimed_ = b(5, 1);
    claimed_at_ = ms(1);
    EXPECT_EQ(run_for(milliseconds(100)), Advice::attempt);
    EXPECT_LE(now_, ms(12));
}

// Check-quorum.
TEST_F(BallotElectionTest, ALeaderThatHearsNoQuorumAnyMoreStandsDown) {
    lead();
    EXPECT_EQ(run_for(milliseconds(1000)), std::nullopt);
    connected_ = {3};
    const Time cut = now_;
    EXPECT_EQ(run_for(milliseconds(1000)), Advice::stand_down);
    EXPECT_LE(now_.since(cut), kSuspect + kPing * 10) << "it was idle";
}

TEST_F(BallotElectionTest, AFollowerRestsWhileALeaderIsHeard) {
    run_with_a_leader(milliseconds(100), true);
    const std::uint64_t before = heartbeats_;
    run_with_a_leader(milliseconds(10'000), true);
    EXPECT_GE(heartbeats_ - before, 9u) << "it measures the round trip now and then";
    EXPECT_LE(heartbeats_ - before, 11u);
}

TEST_F(BallotElectionTest, AnIdleLeaderGoesOnWhenOneHeartbeatWasInVain) {
    lead();
    run_for(milliseconds(500));
    const std::uint64_t before = heartbeats_;
    connected_ = {};
    while (heartbeats_ == before)
        ASSERT_EQ(run_for(milliseconds(1)), std::nullopt);
    connected_ = {1, 2, 3};
    EXPECT_EQ(run_for(milliseconds(1000)), std::nullopt);
}

// In time to know whether a quorum is reached when it comes to try.
TEST_F(BallotElectionTest, AFollowerAsksTheAcceptorsWhenTheLeaderIsLate) {
    run_with_a_leader(milliseconds(500), true);
    const std::uint64_t before = heartbeats_;
    const Time silent = now_;
    oracle_.on_alive(kRival, silent);
    claimed_at_ = silent;
    run_until(silent + kSuspect / 2);
    EXPECT_EQ(heartbeats_, before);
    run_until(silent + kSuspect + kPing);
    EXPECT_GT(heartbeats_, before);
}

TEST_F(BallotElectionTest, AnIdleLeaderBeatsMoreRarelyAndSaysSo) {
    lead();
    run_for(milliseconds(500));
    const std::uint64_t before = heartbeats_;
    EXPECT_EQ(run_for(milliseconds(1000)), std::nullopt);
    EXPECT_EQ(heartbeats_ - before, 20u);
    EXPECT_EQ(quiet_, kPing * 8) << "so that one of them may be lost";
}

TEST_F(BallotElectionTest, AnIdleLeaderThatIsNotEchoedBeatsAsOftenAsItCan) {
    lead();
    run_for(milliseconds(500));
    connected_ = {3};
    const std::uint64_t before = heartbeats_;
    EXPECT_EQ(run_for(kSuspect * 4), Advice::stand_down);
    EXPECT_GE(heartbeats_ - before, 5u);
    EXPECT_EQ(quiet_, Duration{});
}

TEST_F(BallotElectionTest, ASilenceThatWasAnnouncedMeansNothing) {
    run_with_a_leader(milliseconds(500), true);
    const Time last = now_;
    oracle_.on_alive(kRival, last + milliseconds(80));
    oracle_.on_alive(kRival, last + milliseconds(1));
    claimed_at_ = last;
    EXPECT_EQ(run_until(last + milliseconds(80) + kSuspect), std::nullopt);
    EXPECT_EQ(run_for(kSuspect), Advice::attempt);
}

// What its predecessor announced does not count for a new one.
TEST_F(BallotElectionTest, ANewBallotEndsTheAnnouncedSilence) {
    run_with_a_leader(milliseconds(500), true);
    oracle_.on_alive(kRival, now_ + milliseconds(5000));
    oracle_.on_new_ballot(now_);
    EXPECT_EQ(run_for(kSuspect * 2), Advice::attempt);
}

TEST_F(BallotElectionTest, ALeaderThatGetsThingsDecidedIsHeardAndSendsNoHeartbeats) {
    lead();
    const std::uint64_t before = heartbeats_;
    connected_ = {};
    for (int k = 0; k < 1000; ++k) {
        oracle_.on_progress(now_);
        ASSERT_EQ(run_for(milliseconds(1)), std::nullopt);
    }
    EXPECT_EQ(heartbeats_, before);
    EXPECT_EQ(run_for(milliseconds(1000)), Advice::stand_down) << "when nothing is decided any more";
}

TEST_F(BallotElectionTest, TheTimeoutGrowsWithTheRoundTripAndShrinksAgain) {
    run_with_a_leader(milliseconds(500), true);
    EXPECT_EQ(oracle_.timeout(), kSuspect);
    round_trip_ = milliseconds(60);
    run_with_a_leader(milliseconds(20'000), true);
    EXPECT_GT(oracle_.timeout(), milliseconds(60));
    EXPECT_LT(oracle_.timeout(), milliseconds(400));
    round_trip_ = microseconds(100);
    run_with_a_leader(milliseconds(60'000), true);
    EXPECT_EQ(oracle_.timeout(), kSuspect);
}

// A process that was stopped finds everybody silent, before it reads what they said meanwhile.
TEST_F(BallotElectionTest, WhoWasAwayItselfListensBeforeItTries) {
    run_with_a_leader(milliseconds(500), true);
    now_ = now_ + milliseconds(10'000);
    const Time back = now_;
    EXPECT_EQ(run_for(milliseconds(500)), Advice::attempt);
    EXPECT_GE(now_.since(back), kSuspect);
}

TEST_F(BallotElectionTest, ALeaderThatWasAwayItselfDoesNotStandDownAtOnce) {
    lead();
    run_for(milliseconds(100));
    now_ = now_ + milliseconds(10'000);
    EXPECT_EQ(run_for(milliseconds(1000)), std::nullopt);
}

// Its links to the clients are cut, say, or it cannot learn what was decided before its reign.
TEST_F(BallotElectionTest, ALeaderThatDecidesNothingWhileValuesWaitIsSucceeded) {
    run_with_a_leader(milliseconds(100), true);
    oracle_.on_demand(now_);
    const Time since = now_;
    EXPECT_EQ(run_with_a_leader(milliseconds(5000), true), Advice::attempt);
    EXPECT_GE(now_.since(since), milliseconds(500));
    EXPECT_LE(now_.since(since), milliseconds(1000));
}

TEST_F(BallotElectionTest, WithoutAQuorumValuesThatWaitAreNoReasonToTry) {
    connected_ = {1};
    oracle_.on_demand(now_);
    EXPECT_EQ(run_for(milliseconds(5000)), std::nullopt);
}

TEST_F(BallotElectionTest, AttemptsForWaitingValuesGrowRareWhileNothingIsDecided) {
    Duration before;
    for (int k = 0; k < 3; ++k) {
        oracle_.on_demand(now_);
        const Time since = now_;
        ASSERT_EQ(run_with_a_leader(milliseconds(20'000), true), Advice::attempt);
        EXPECT_GT(now_.since(since), before);
        before = now_.since(since);
        oracle_.on_attempt();
        oracle_.on_shut_out(now_);
        oracle_.on_shut_out(now_);
    }
}

TEST_F(BallotElectionTest, AbsurdEchoesChangeNothing) {
    claimed_ = Ballot{Round{~std::uint64_t{0} >> 2}, kRival, kLife};
    claimed_at_ = Time{};
    Outbox outbox;
    run_for(milliseconds(1));
    oracle_.on(Echo{a(1), 1, claimed_, claimed_, Duration{~std::uint64_t{0}}}, acceptor(1), now_, outbox);
    EXPECT_EQ(run_for(milliseconds(100)), Advice::attempt);
}

TEST_F(BallotElectionTest, EqualHistoriesAreEqualAndHashAlike) {
    BallotElection copy = oracle_;
    EXPECT_TRUE(copy == oracle_);
    EXPECT_EQ(state_hash(copy), state_hash(oracle_));
    copy.on_alive(kRival, ms(3));
    EXPECT_FALSE(copy == oracle_);
    EXPECT_NE(state_hash(copy), state_hash(oracle_));
}

}  // namespace
}  // namespace synod::test

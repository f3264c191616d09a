// "A proposer ... chooses a new proposal number n" and gets values chosen ("Paxos Made Simple" (Lamport,
// 2001), sections 2.2 and 3). Rule N: DESIGN.md, "How each rule of safety is kept".

#include "core/proposer_test.hpp"

namespace synod::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// ---- Phase 1 -------------------------------------------------------------------------------------------

TEST_F(ProposerTest, AfterListeningItPreparesABallotOfItsOwnOverAllInstances) {
    const auto prepares = wait_for<Prepare>();
    ASSERT_THAT(prepares, SizeIs(1));
    EXPECT_EQ(prepares[0].ballot, b(1));
    EXPECT_EQ(prepares[0].first, i(0));
    EXPECT_EQ(destinations<Prepare>(outbox_), std::vector{to_all(Role::acceptor)});
    EXPECT_GE(now_, ms(15));
    EXPECT_LE(now_, ms(20));
}

// "If the proposer receives a response to its prepare requests (numbered n) from a majority of acceptors"
TEST_F(ProposerTest, AMajorityOfPromisesMakesItLeader) {
    wait_for<Prepare>();
    promise(1);
    EXPECT_FALSE(proposer_.is_leading());
    promise(1);
    EXPECT_FALSE(proposer_.is_leading());
    promise(4);
    EXPECT_FALSE(proposer_.is_leading()) << "a stranger";
    promise(3);
    EXPECT_TRUE(proposer_.is_leading());
    EXPECT_EQ(proposer_.elections(), 1u);
    EXPECT_THAT(destinations<Beacon>(outbox_), testing::Contains(to_all(Role::client)))
        << "clients send again what nobody acknowledged";
}

// [Stale promises counted for a later ballot.]
TEST_F(ProposerTest, APromiseOfAnotherBallotDoesNotCount) {
    wait_for<Prepare>();
    const Ballot former = proposer_.ballot();
    promise(1);
    step(Nack{a(2), former, b(5, 2), i(0)}, acceptor(2));
    wait_for<Prepare>();
    ASSERT_GT(proposer_.ballot(), b(5, 2));
    promise(2, former, {});
    promise(3, former, {});
    promise(1);
    EXPECT_FALSE(proposer_.is_leading());
    promise(2);
    EXPECT_TRUE(proposer_.is_leading());
}

TEST_F(ProposerTest, PromisesThatDoNotComeAreAskedForAgain) {
    wait_for<Prepare>();
    promise(2);
    const auto again = wait_for<Prepare>();
    ASSERT_THAT(again, SizeIs(1));
    EXPECT_EQ(again[0].ballot, proposer_.ballot());
    EXPECT_EQ(destinations<Prepare>(outbox_), std::vector{to_all(Role::acceptor)})
        << "1 and 3, whose addresses are not known yet";
}

// Rule 2: "Phase 1 over all instances, paged."
TEST_F(ProposerTest, TheNextPagesOfALongAnswerAreAskedFor) {
    attempt();
    promise(1, {.votes = {vote(0, b(1, 9), "x")}, .covered = range(0, 1)});
    ASSERT_THAT(sent<Prepare>(outbox_), SizeIs(1));
    EXPECT_EQ(sent<Prepare>(outbox_)[0].first, i(1));
    EXPECT_EQ(destinations<Prepare>(outbox_), std::vector{to(acceptor(1))});
    promise(2, {.votes = {vote(1, b(1, 9), "y")}});
    EXPECT_FALSE(proposer_.is_leading());
    promise(1, {.covered = {i(1), kInstanceEnd}});
    EXPECT_TRUE(proposer_.is_leading());
    EXPECT_THAT(proposed(), ElementsAre("0=x", "1=y"));
}

TEST_F(ProposerTest, APageThatIsLostIsMissedSoonHoweverLongNobodyAnsweredBefore) {
    attempt();
    for (int k = 0; k < 5; ++k)
        wait_for<Prepare>();
    promise(1, {.votes = {vote(0, b(1, 9), "x")}, .covered = range(0, 1)});
    const Time since = now_;
    const auto again = wait_for<Prepare>();
    ASSERT_THAT(again, SizeIs(1));
    EXPECT_EQ(again[0].first, i(1));
    EXPECT_LE(now_.since(since), milliseconds(5));
}

// ---- What it proposes first ----------------------------------------------------------------------------

// "...where v is the value of the highest-numbered proposal among the responses", and section 3: "The new
// leader ... executes phase 2... [and] immediately proposes a special 'no-op' command" for the holes.
TEST_F(ProposerTest, VotesAreAdoptedAndHolesAreFilledWithNoOps) {
    attempt();
    promise(1, {.votes = {vote(0, b(1, 5), "old"), vote(3, b(1, 7), "x")}});
    promise(3, {.votes = {vote(0, b(1, 6), "new")}});
    EXPECT_THAT(proposed(), ElementsAre("0=new", "1=", "2=", "3=x"));
    EXPECT_EQ(destinations<Accept>(outbox_), std::vector(4, to_all(Role::acceptor)));
    EXPECT_EQ(sent<Accept>(outbox_)[0].reign.first, i(0));
}

TEST_F(ProposerTest, ClientsValuesComeAfterWhatWasAdopted) {
    attempt();
    const auto adopted = run_of(s(1), 0, {"a"});
    promise(1, {.votes = {vote(0, b(1, 5), as_text(adopted))}});
    promise(3);
    submit(0, {"a", "b"});
    EXPECT_THAT(proposed(), IsEmpty()) << "while that is under way it gathers";
    decide(range(0, 1));
    EXPECT_THAT(proposed(), ElementsAre("1=1:1:b ")) << "what was adopted is not proposed twice";
}

// Rule 2: "the leader starts at the largest such watermark of its quorum, delivers all below it before it
// begins".
TEST_F(ProposerTest, BelowWhatAnyOfItsQuorumSaysIsDecidedItProposesNothing) {
    attempt();
    promise(2, {.votes = {vote(0, b(1, 5), "x"), vote(3, b(1, 5), "y")}});
    promise(1, {.decided_below = 3});
    EXPECT_FALSE(proposer_.is_leading()) << "it has not delivered 0, 1 and 2";
    EXPECT_THAT(proposed(), IsEmpty());
    ASSERT_THAT(wait_for<RepairRequest>(), SizeIs(1));
    EXPECT_EQ(sent<RepairRequest>(outbox_)[0].wanted, ranges({range(0, 3)}));
    step(Repair{a(1), i(0), i(3), true, {decided(0, "x"), decided(1, "p"), decided(2, "q")}}, acceptor(1));
    EXPECT_TRUE(proposer_.is_leading());
    EXPECT_THAT(proposed(), ElementsAre("3=y"));
    EXPECT_EQ(sent<Accept>(outbox_)[0].reign.first, i(3));
    EXPECT_EQ(proposer_.delivered_below(), i(3));
}

// Rule 5: "What a leader that is about to reign cannot get hold of, it runs again through phase 1".
TEST_F(ProposerTest, WhatItCannotGetHoldOfItRunsAgainThroughPhase1) {
    wait_for<Prepare>();
    promise(2);
    promise(1, {.decided_below = 3});
    const Ballot stuck = proposer_.ballot();
    const Time since = now_;
    while (proposer_.ballot() == stuck && now_ < since + milliseconds(2000))
        tick_at(proposer_.deadline());
    EXPECT_GT(proposer_.ballot(), stuck);
    promise(2);
    promise(3);
    EXPECT_TRUE(proposer_.is_leading());
}

// [Or: A1 and A2 hold the same value in different ballots, no quorum of one ballot is left.]
TEST_F(ProposerTest, AnInstanceWithoutAQuorumInOneBallotIsProposedAgain) {
    attempt();
    promise(1, {.votes = {vote(0, b(1, 5), "x")}});
    promise(2, {.votes = {vote(0, b(1, 6), "x")}});
    EXPECT_THAT(proposed(), ElementsAre("0=x"));
    voted(1, b(1, 5), {range(0, 1)});
    EXPECT_EQ(proposer_.delivered_below(), i(0));
    decide(range(0, 1));
    EXPECT_EQ(proposer_.delivered_below(), i(1));
}

TEST_F(ProposerTest, WhatItDeliveredBeforeAndAcceptorsDoNotKnowItProposesAgain) {
    // Given: it learned 0 and 1 from a leader that has died since.
    for (const std::uint64_t k : {0, 1}) {
        const auto value = run_of(s(1), k, {std::to_string(k)});
        step(Accept{{b(3, 2), i(0), i(0)}, i(k), value}, proposer(2));
        voted(1, b(3, 2), {range(0, k + 1)});
        voted(2, b(3, 2), {range(0, k + 1)});
    }
    ASSERT_EQ(proposer_.delivered_below(), i(2));
    wait_for<Prepare>();
    const auto x = run_of(s(1), 0, {"0"});
    const auto y = run_of(s(1), 1, {"1"});
    promise(1, {.votes = {vote(0, b(3, 2), as_text(x)), vote(1, b(3, 2), as_text(y))}});
    promise(2);
    EXPECT_THAT(proposed(), ElementsAre("0=1:0:0 ", "1=1:1:1 "));
    decide(range(0, 2));
    EXPECT_EQ(proposer_.delivered_below(), i(2));
    EXPECT_EQ(proposer_.sessions().next(s(1)), p(2)) << "and delivers it once";
}

// ---- Phase 2 -------------------------------------------------------------------------------------------

TEST_F(ProposerTest, AValueIsProposedAtOnceAndAcknowledgedWhenItIsDecided) {
    lead();
    submit(0, {"a"});
    EXPECT_THAT(proposed(), ElementsAre("0=1:0:a "));
    EXPECT_THAT(acks(), IsEmpty());
    voted(1, range(0, 1));
    EXPECT_THAT(acks(), IsEmpty());
    voted(3, range(0, 1));
    ASSERT_THAT(acks(), SizeIs(1));
    EXPECT_EQ(acks()[0].next, p(1));
    EXPECT_EQ(acks()[0].ballot, proposer_.ballot());
    EXPECT_GT(acks()[0].credit_bytes, 0u);
    EXPECT_EQ(destinations<Ack>(outbox_), std::vector{to(client())});
    EXPECT_EQ(proposer_.delivered_below(), i(1));
}

TEST_F(ProposerTest, InstancesArePipelined) {
    lead();
    submit(0, {"a"});
    submit(1, {"b"});
    EXPECT_THAT(proposed(), IsEmpty()) << "it gathers while one is under way";
    submit(2, {"c"});
    tick_at(now_ + microseconds(200));
    EXPECT_THAT(proposed(), ElementsAre("1=1:1:b 1:2:c "));
    voted(1, b(1), {range(1, 2)});
    voted(2, b(1), {range(1, 2)});
    EXPECT_EQ(proposer_.delivered_below(), i(0)) << "decided out of order, delivered in order";
    EXPECT_THAT(acks(), IsEmpty());
    decide(range(0, 2));
    EXPECT_EQ(proposer_.delivered_below(), i(2));
    EXPECT_EQ(acks().at(0).next, p(3));
}

// P3: "its reign's decided watermark covers only instances for which it counted a quorum in its ballot".
TEST_F(ProposerTest, ItsWatermarkCountsOnlyQuorumsInItsOwnBallot) {
    attempt();
    promise(1, {.votes = {vote(0, b(1, 5), "x")}});
    promise(2, {.votes = {vote(0, b(1, 6), "x")}});
    const auto watermark = [&] {
        const auto beacons = wait_for<Beacon>();
        return beacons.at(0).reign.decided_below;
    };
    voted(1, b(1, 5), {range(0, 1)});
    voted(2, b(1, 5), {range(0, 1)});
    EXPECT_EQ(watermark(), i(0)) << "chosen it is, but not in this ballot";
    step(Repair{a(3), i(0), i(1), true, {decided(0, "x")}}, acceptor(3));
    EXPECT_EQ(watermark(), i(0));
    voted(1, range(0, 1));
    EXPECT_EQ(watermark(), i(0));
    voted(3, range(0, 1));
    EXPECT_EQ(watermark(), i(1));
}

TEST_F(ProposerTest, EachMessageOfTheReignCarriesItsWatermark) {
    lead();
    submit(0, {"a"});
    EXPECT_EQ(sent<Accept>(outbox_).at(0).reign.decided_below, i(0));
    decide(range(0, 1));
    submit(1, {"b"});
    EXPECT_EQ(sent<Accept>(outbox_).at(0).reign.decided_below, i(1));
    const auto beacons = wait_for<Beacon>();
    EXPECT_EQ(beacons.at(0).next, i(2));
}

TEST_F(ProposerTest, WhatIsNoSingleRunIsNoSubmission) {
    lead();
    const auto run = run_of(s(1), 0, {"a"});
    submit(joined({run, run}));
    submit({});
    EXPECT_THAT(proposed(), IsEmpty());
    submit(run);
    EXPECT_THAT(proposed(), SizeIs(1));
}

// "...a window in bytes"
TEST_F(ProposerTest, NoMoreIsUnderWayThanTheWindow) {
    auto small = options();
    small.flow.window_bytes = 4000;
    restart(small);
    lead();
    std::size_t count = 0;
    for (std::uint64_t k = 0; k < 20; ++k) {
        submit(k, {std::string(900, 'x')});
        count += proposed().size();
    }
    EXPECT_EQ(count, 3u);
    decide(range(0, 2));
    EXPECT_THAT(proposed(), SizeIs(2));
}

TEST_F(ProposerTest, ALearnerThatLagsHoldsItBack) {
    auto small = options();
    small.flow.window_bytes = 4000;
    restart(small);
    lead();
    const auto learner_saw = [&](std::uint64_t below) {
        step(LearnerStatus{LearnerId{1}, i(0), i(below), 4000}, learner());
    };
    learner_saw(0);
    for (std::uint64_t k = 0; k < 6; ++k)
        submit(k, {std::string(900, 'x')});
    decide(range(0, 3));
    EXPECT_THAT(proposed(), IsEmpty());
    learner_saw(3);
    EXPECT_THAT(proposed(), SizeIs(3));
}

TEST_F(ProposerTest, AnAcceptorThatLagsHoldsItBack) {
    auto small = options();
    small.flow.window_bytes = 4000;
    restart(small);
    lead();
    voted(3, proposer_.ballot(), {});
    for (std::uint64_t k = 0; k < 6; ++k)
        submit(k, {std::string(900, 'x')});
    decide(range(0, 3));
    EXPECT_THAT(proposed(), IsEmpty());
    voted(3, range(0, 3));
    EXPECT_THAT(proposed(), SizeIs(3));
}

TEST_F(ProposerTest, ALeaderLearnsFromNobodyElse) {
    lead();
    step(Repair{a(3), i(0), i(0), true, {decided(0, "x"), vote(1, b(1, 0), "y")}}, acceptor(3));
    EXPECT_TRUE(proposer_.is_leading());
    EXPECT_EQ(proposer_.learner().log().find(i(0)), nullptr);
    EXPECT_EQ(proposer_.learner().log().find(i(1)), nullptr);
}

// A value recovered may be larger than what this proposer packs itself.
TEST_F(ProposerTest, WhatIsAdoptedWaitsForRoomAsEverythingDoes) {
    auto small = options();
    small.batch.bytes_max = 100;
    small.log.bytes_max = 1000;
    restart(small);
    attempt();
    const std::string large(450, 'x');
    promise(1, {.votes = {vote(0, b(1, 5), large), vote(1, b(1, 5), large), vote(2, b(1, 5), large)}});
    promise(2);
    EXPECT_THAT(proposed(), SizeIs(2));
    decide(range(0, 2));
    EXPECT_THAT(proposed(), SizeIs(1));
}

// ---- Loss ----------------------------------------------------------------------------------------------

TEST_F(ProposerTest, WhatHasLostItsQuorumIsSentAgainAtOnce) {
    lead();
    submit(0, {"a"});
    submit(1, {"b"});
    tick_at(now_ + microseconds(200));
    ASSERT_THAT(proposed(), ElementsAre("1=1:1:b "));
    voted(1, b(1), {range(1, 2)});  // it missed 0
    EXPECT_THAT(proposed(), IsEmpty()) << "two may still vote for it";
    voted(2, b(1), {range(1, 2)});
    EXPECT_THAT(proposed(), ElementsAre("0=1:0:a "));
    voted(2, b(1), {range(1, 2)});
    EXPECT_THAT(proposed(), IsEmpty()) << "it is on its way";
    decide(range(0, 2));
    EXPECT_EQ(proposer_.delivered_below(), i(2));
}

TEST_F(ProposerTest, WithoutAnyWordItSendsTheOldestAgainEverMoreSeldom) {
    lead();
    submit(0, {"a"});
    std::vector<Time> sent_at{now_};
    while (sent_at.size() < 8) {
        ASSERT_THAT(wait_for<Accept>(), SizeIs(1));
        EXPECT_THAT(proposed(), ElementsAre("0=1:0:a "));
        sent_at.push_back(now_);
    }
    EXPECT_EQ(sent_at[1].since(sent_at[0]), milliseconds(4));
    EXPECT_EQ(sent_at[2].since(sent_at[1]), milliseconds(8));
    EXPECT_EQ(sent_at[7].since(sent_at[6]), milliseconds(50));
}

// "The leader sends a beacon (ballot, next instance, decided watermark) 0.5 ms after its last 2A, doubling to
// 50 ms".
TEST_F(ProposerTest, WhenItIsQuietItBeacons) {
    lead();
    submit(0, {"a"});
    const Time proposed_at = now_;
    decide(range(0, 1));
    std::vector<Time> beaconed;
    while (beaconed.size() < 12) {
        ASSERT_THAT(wait_for<Beacon>(), SizeIs(1));
        EXPECT_EQ(destinations<Beacon>(outbox_), std::vector{to_all(Role::acceptor)});
        EXPECT_EQ(sent<Beacon>(outbox_)[0].next, i(1));
        EXPECT_EQ(sent<Beacon>(outbox_)[0].reign.decided_below, i(1));
        beaconed.push_back(now_);
    }
    EXPECT_EQ(beaconed[0].since(proposed_at), microseconds(500));
    EXPECT_EQ(beaconed[2].since(beaconed[1]), milliseconds(1));
    EXPECT_EQ(beaconed[11].since(beaconed[10]), milliseconds(50));
}

TEST_F(ProposerTest, WhoStartsIsAnsweredByTheLeaderOnly) {
    step(Hello{}, learner(3));
    EXPECT_THAT(sent<Beacon>(outbox_), IsEmpty());
    lead();
    step(Hello{}, learner(3));
    EXPECT_THAT(destinations<Beacon>(outbox_), testing::Contains(to(learner(3))));
}

// ---- As a value ----------------------------------------------------------------------------------------

TEST_F(ProposerTest, ACopyGoesOnAlike) {
    lead();
    submit(0, {"a"});
    Proposer copy = proposer_;
    EXPECT_EQ(copy, proposer_);
    EXPECT_EQ(copy.hash(), proposer_.hash());
    voted(1, range(0, 1));
    EXPECT_FALSE(copy == proposer_);
    EXPECT_NE(copy.hash(), proposer_.hash());
    std::swap(copy, proposer_);
    voted(1, range(0, 1));
    EXPECT_EQ(copy, proposer_);
    EXPECT_EQ(copy.hash(), proposer_.hash());
    voted(2, range(0, 1));
    EXPECT_EQ(proposer_.delivered_below(), i(1));
    EXPECT_EQ(copy.delivered_below(), i(0));
}

TEST_F(ProposerTest, ARunThatComesTooEarlyIsPartOfItsState) {
    lead();
    Proposer copy = proposer_;
    submit(1, {"b"});
    EXPECT_FALSE(copy == proposer_);
    EXPECT_NE(copy.hash(), proposer_.hash());
}

}  // namespace
}  // namespace synod::test

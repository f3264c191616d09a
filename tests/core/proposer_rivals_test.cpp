// A proposer among others, who want to lead too, and what changes for it when the optimisations are off. The
// papers and rules are those of proposer_test.cpp.

#include "core/proposer_test.hpp"

namespace synod::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// ---- Rivals --------------------------------------------------------------------------------------------

class RivalTest : public ProposerTest, public testing::WithParamInterface<int> {
protected:
    // Word of a ballot, however it comes.
    void hear(Ballot rival) {
        const Reign reign{rival, i(0), i(0)};
        switch (GetParam()) {
            case 0:
                return step(Prepare{rival, i(0)}, proposer(2));
            case 1:
                return step(Accept{reign, i(0), v("x")}, proposer(2));
            case 2:
                return step(Beacon{reign, i(0)}, proposer(2));
            case 3:
                return step(Nack{a(1), proposer_.ballot(), rival, i(0)}, acceptor(1));
            case 4:
                return voted(1, rival, {});
            default:
                return step(Repair{a(1), i(0), i(0), true, {vote(5, rival, "x")}}, acceptor(1));
        }
    }
};
INSTANTIATE_TEST_SUITE_P(ComesAs, RivalTest, testing::Range(0, 6));

// "...abandons the proposal if some other proposer has begun trying to issue a higher-numbered one"
// (section 2.2: "it is probably a good idea to abandon a proposal").
TEST_P(RivalTest, WordOfAHigherBallotEndsAnAttempt) {
    wait_for<Prepare>();
    const Ballot own = proposer_.ballot();
    promise(1);
    hear(b(9, 2));
    promise(2, own, {});
    EXPECT_FALSE(proposer_.is_leading());
}

TEST_P(RivalTest, TheNextAttemptIsAboveIt) {
    hear(b(9, 2));
    wait_for<Prepare>();
    EXPECT_EQ(proposer_.ballot(), b(10, 1));
}

TEST_P(RivalTest, WordOfALowerBallotDoesNot) {
    hear(b(9, 2));
    wait_for<Prepare>();
    promise(1);
    hear(b(9, 2));
    promise(2);
    EXPECT_TRUE(proposer_.is_leading());
}

TEST_F(ProposerTest, AHigherBallotEndsItsReign) {
    lead();
    submit(0, {"a"});
    step(Nack{a(1), proposer_.ballot(), b(2, 2), i(0)}, acceptor(1));
    EXPECT_FALSE(proposer_.is_leading());
    submit(1, {"b"});
    EXPECT_THAT(proposed(), IsEmpty());
    EXPECT_THAT(acks(), IsEmpty()) << "it does not answer as a leader any more";
    step(Hello{}, learner(3));
    EXPECT_THAT(sent<Beacon>(outbox_), IsEmpty());
    tick_at(now_ + milliseconds(50));
    EXPECT_THAT(proposed(), IsEmpty());
}

TEST_F(ProposerTest, ItsOwnWordsHeardAgainAreNoRivals) {
    lead();
    step(Prepare{proposer_.ballot(), i(0)}, proposer(1));
    step(Accept{{proposer_.ballot(), i(0), i(0)}, i(0), v("x")}, proposer(1));
    EXPECT_TRUE(proposer_.is_leading());
}

TEST_F(ProposerTest, AProposerOfItsIdInAnotherLifeIsARival) {
    lead();
    Ballot other = b(7, 1);
    other.incarnation = Incarnation{99};
    step(Beacon{{other, i(0), i(0)}, i(0)}, proposer(1));
    EXPECT_FALSE(proposer_.is_leading());
}

// "who sees a live ballot making progress stays quiet"
TEST_F(ProposerTest, WhileAnotherOneLeadsItFollowsAndStaysQuiet) {
    std::uint64_t instance = 0;
    for (int k = 0; k < 100; ++k) {
        const auto value = run_of(s(1), instance, {"x"});
        step(Accept{{b(1, 2), i(0), i(instance)}, i(instance), value}, proposer(2));
        ++instance;
        tick_at(now_ + milliseconds(20));
        EXPECT_THAT(sent<Prepare>(outbox_), IsEmpty());
        EXPECT_EQ(proposer_.delivered_below(), i(instance - 1));
    }
    EXPECT_EQ(proposer_.sessions().next(s(1)), p(99));
}

TEST_F(ProposerTest, WhoDoesNotLeadAcknowledgesOnlyWhatIsDecided) {
    const auto value = run_of(s(1), 0, {"a"});
    step(Accept{{b(1, 2), i(0), i(0)}, i(0), value}, proposer(2));
    submit(value);
    EXPECT_THAT(acks(), IsEmpty());
    step(Beacon{{b(1, 2), i(0), i(1)}, i(1)}, proposer(2));
    submit(value);
    ASSERT_THAT(acks(), SizeIs(1));
    EXPECT_EQ(acks()[0].next, p(1));
    EXPECT_TRUE(acks()[0].ballot.is_none());
    submit(0, {"a", "b"});
    EXPECT_THAT(acks(), IsEmpty());
}

// "who sees a value undecided too long prepares a higher one"
TEST_F(ProposerTest, ALeaderThatDecidesNothingIsSucceeded) {
    const Time start = now_;
    std::vector<Prepare> prepares;
    while (prepares.empty() && now_ < start + milliseconds(3000)) {
        step(Beacon{{b(1, 2), i(0), i(0)}, i(0)}, proposer(2));
        submit(0, {"a"});
        tick_at(now_ + milliseconds(20));
        prepares = sent<Prepare>(outbox_);
    }
    ASSERT_THAT(prepares, SizeIs(1));
    EXPECT_GT(prepares[0].ballot, b(1, 2));
    EXPECT_GE(now_.since(start), milliseconds(500));
    EXPECT_LE(now_.since(start), milliseconds(1100));
}

TEST_F(ProposerTest, ALeaderThatDecidesSomethingIsNotSucceeded) {
    const auto value = run_of(s(1), 0, {"a"});
    for (std::uint64_t k = 0; k < 150; ++k) {
        if (k % 10 == 0) step(Accept{{b(1, 2), i(0), i(k / 10)}, i(k / 10), value}, proposer(2));
        step(Beacon{{b(1, 2), i(0), i(k / 10)}, i(k / 10 + 1)}, proposer(2));
        submit(1, {"b"});
        tick_at(now_ + milliseconds(20));
        EXPECT_THAT(sent<Prepare>(outbox_), IsEmpty()) << k;
    }
}

TEST_F(ProposerTest, WhatAcceptorsSawOfAFormerReignIsNoReasonToSendAgain) {
    lead();
    submit(0, {"a"});
    voted(1, b(1), {}, 9);
    voted(2, b(1), {}, 9);
    step(Prepare{b(2, 2), i(0)}, proposer(2));
    wait_for<Prepare>();
    promise(1);
    promise(2);
    submit(0, {"a"});
    ASSERT_THAT(proposed(), SizeIs(1));
    voted(3, range(0, 1));
    EXPECT_THAT(proposed(), IsEmpty());
}

TEST_F(ProposerTest, ALeaderThatFellBehindTheTrimStepsDown) {
    lead();
    submit(0, {"a"});
    step(Nack{a(1), b(7, 1), proposer_.ballot(), i(9)}, acceptor(1));
    EXPECT_TRUE(proposer_.is_leading()) << "that was not about this ballot";
    step(Nack{a(1), proposer_.ballot(), proposer_.ballot(), i(0)}, acceptor(1));
    EXPECT_TRUE(proposer_.is_leading());
    step(Nack{a(1), proposer_.ballot(), proposer_.ballot(), i(1)}, acceptor(1));
    EXPECT_FALSE(proposer_.is_leading());
}

// The first two have not heard what the third has seen decided, and forgotten. If they always are the quorum
// of the next phase 1, only what the third has said tells the proposer where to begin.
TEST_F(ProposerTest, AfterAnAcceptorHasRefusedWhatItHasForgottenAReignBeginsAboveIt) {
    lead();
    submit(0, {"a"});
    const auto value = run_of(s(1), 0, {"a"});
    step(Nack{a(3), proposer_.ballot(), proposer_.ballot(), i(1)}, acceptor(3));
    wait_for<Prepare>();
    promise(1, {.votes = {vote(0, b(1, 1), as_text(value))}});
    promise(2, {.votes = {vote(0, b(1, 1), as_text(value))}});
    EXPECT_FALSE(proposer_.is_leading()) << "it has to know what instance 0 came to";
    step(Repair{a(3), i(0), i(1), true, {decided(0, as_text(value))}}, acceptor(3));
    EXPECT_TRUE(proposer_.is_leading());
    EXPECT_THAT(proposed(), IsEmpty());
}

TEST_F(ProposerTest, ASecondReignBeginsWithWhatTheFirstLeftUndecided) {
    lead();
    submit(0, {"a"});
    const auto value = run_of(s(1), 0, {"a"});
    step(Prepare{b(2, 2), i(0)}, proposer(2));
    EXPECT_FALSE(proposer_.is_leading());
    wait_for<Prepare>();
    EXPECT_EQ(proposer_.ballot(), b(3, 1));
    promise(1, {.votes = {vote(0, b(1, 1), as_text(value))}});
    promise(3);
    EXPECT_TRUE(proposer_.is_leading());
    EXPECT_THAT(proposed(), ElementsAre("0=1:0:a "));
    submit(0, {"a"});
    decide(range(0, 1));
    EXPECT_THAT(proposed(), IsEmpty());
    EXPECT_EQ(proposer_.sessions().next(s(1)), p(1));
}

// ---- With the optimisations off ------------------------------------------------------------------------

TEST_F(ProposerTest, WithoutDirect2BItTellsTheLearnersWhatIsDecided) {
    auto indirect = options();
    indirect.direct_2b = false;
    restart(indirect);
    lead();
    submit(0, {"a"});
    decide(range(0, 1));
    ASSERT_THAT(destinations<Beacon>(outbox_), ElementsAre(to_all(Role::learner)));
    EXPECT_EQ(sent<Beacon>(outbox_)[0].reign.decided_below, i(1));
}

class OnDemandTest : public ProposerTest {
protected:
    void SetUp() override {
        auto on_demand = options();
        on_demand.proactive_phase1 = false;
        restart(on_demand);
    }
    void lead_with_first_value() {
        submit(0, {"a"});
        ASSERT_THAT(wait_for<Prepare>(), SizeIs(1));
        promise(1);
        promise(2);
        submit(0, {"a"});
        ASSERT_THAT(proposed(), ElementsAre("0=1:0:a "));
    }
};

TEST_F(OnDemandTest, WithoutAValueItPreparesNothing) {
    for (int k = 0; k < 100; ++k) {
        tick_at(now_ + milliseconds(50));
        EXPECT_THAT(sent<Prepare>(outbox_), IsEmpty());
    }
    submit(0, {"a"});
    EXPECT_THAT(wait_for<Prepare>(), SizeIs(1));
}

TEST_F(OnDemandTest, EachInstanceHasAPhase1OfItsOwn) {
    lead_with_first_value();
    for (std::uint64_t k = 1; k < 4; ++k) {
        submit(k, {"b"});
        EXPECT_THAT(proposed(), IsEmpty());
        decide(range(k - 1, k));
        EXPECT_EQ(proposer_.delivered_below(), i(k));
        ASSERT_THAT(sent<Prepare>(outbox_), SizeIs(1)) << k;
        EXPECT_EQ(proposer_.ballot(), b(k + 1));
        EXPECT_THAT(wait_for<Ack>(), SizeIs(1));
        promise(1, {.decided_below = k});
        promise(3, {.decided_below = k});
        EXPECT_THAT(proposed(), ElementsAre(std::to_string(k) + "=1:" + std::to_string(k) + ":b "));
    }
}

// A vote above its own ballot, heard of in a repair, must neither be overwritten nor stop the process.
TEST_F(OnDemandTest, AVoteOfAHigherBallotThatItHearsOfEndsItsAttempt) {
    lead_with_first_value();
    submit(1, {"b"});
    decide(range(0, 1));
    ASSERT_THAT(sent<Prepare>(outbox_), SizeIs(1));
    step(Repair{a(3), i(0), i(0), true, {vote(1, b(9, 2), "x")}}, acceptor(3));
    promise(1, b(2), {.decided_below = 1});
    promise(2, b(2), {.decided_below = 1});
    EXPECT_FALSE(proposer_.is_leading());
    EXPECT_THAT(proposed(), IsEmpty());
}

}  // namespace
}  // namespace synod::test

// Proposers that start from the checkpoint of an acceptor.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/core_test.hpp"
#include "synod/core/proposer.hpp"

namespace synod::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class CheckpointProposerTest : public testing::Test {
protected:
    static Proposer::Options options() {
        return {.id = ProposerId{1},
                .incarnation = kLife,
                .batch = {},
                .admission = {},
                .flow = {},
                .leadership = {.oracle = Oracle::none},
                .log = {},
                .repair = {}};
    }
    template <typename M>
    const Outbox& step(const M& message, const Sender& from) {
        outbox_.clear();
        proposer_.on(message, from, now_, outbox_);
        proposer_.flush(now_, outbox_);
        proposer_.check_invariants();
        return outbox_;
    }
    void promise(unsigned from, std::uint64_t decided_below, std::vector<VoteEntry> votes = {}) {
        step(Promise{a(from),
                     Incarnation{from},
                     proposer_.ballot(),
                     {i(0), kInstanceEnd},
                     i(decided_below),
                     i(150),
                     std::move(votes)},
             acceptor(from));
    }
    // Started late: its quorum has decided all below 200, and forgotten all below 150.
    void prepare_late(std::uint64_t decided_below = 200, const std::vector<VoteEntry>& votes = {}) {
        now_ = proposer_.deadline();
        proposer_.tick(now_, outbox_);
        promise(1, decided_below, votes);
        promise(2, decided_below, votes);
        step(Repair{a(2), i(150), i(200), true, {}}, acceptor(2));
    }
    // All of a checkpoint: session 1 has taken 7 pieces.
    void checkpoint(std::uint64_t at) {
        step(Checkpoint{a(2), i(at), {}, true, {{s(1), p(7)}}}, acceptor(2));
    }

    Time now_ = ms(10);
    Proposer proposer_{options(), ms(10)};
    Outbox outbox_;
};

// What it missed was demand, and made it wait for progress; a checkpoint is that.
TEST_F(CheckpointProposerTest, OneThatACheckpointBringsUpToDateLetsTheLeaderBe) {
    const auto leader_is_heard = [this] { step(Beacon{{b(5, 2), i(0), i(200)}, i(200)}, proposer(2)); };
    leader_is_heard();
    step(Repair{a(2), i(200), i(200), true, {}}, acceptor(2));
    checkpoint(200);
    for (int k = 0; k < 100; ++k) {
        now_ = now_ + milliseconds(20);
        leader_is_heard();
        outbox_.clear();
        proposer_.tick(now_, outbox_);
        EXPECT_THAT(sent<Prepare>(outbox_), IsEmpty());
    }
}

TEST_F(CheckpointProposerTest, ALateOneAsksForACheckpointAndLeadsFromItOn) {
    prepare_late();
    EXPECT_FALSE(proposer_.is_leading());
    EXPECT_THAT(sent<CheckpointRequest>(outbox_), SizeIs(1));

    checkpoint(198);
    EXPECT_EQ(proposer_.delivered_below(), i(198));
    EXPECT_FALSE(proposer_.is_leading());
    const auto asked = sent<RepairRequest>(outbox_);
    ASSERT_THAT(asked, SizeIs(1)) << "at once for what follows";
    EXPECT_EQ(asked[0].wanted, ranges({range(198, 200)}));

    const auto next = run_of(s(1), 7, {"x"});
    step(Repair{a(2), i(150), i(200), true, {{i(198), Ballot{}, true, {}}, {i(199), Ballot{}, true, next}}},
         acceptor(2));
    EXPECT_TRUE(proposer_.is_leading());
    EXPECT_EQ(proposer_.delivered_below(), i(200));
    EXPECT_EQ(proposer_.sessions().next(s(1)), p(8));
}

TEST_F(CheckpointProposerTest, ItAdmitsWhatComesNextAndAcknowledgesWhatTheTableHas) {
    prepare_late();
    checkpoint(200);
    ASSERT_TRUE(proposer_.is_leading());
    step(Submit{run_of(s(1), 0, {"x", "x", "x"})}, client());
    EXPECT_THAT(sent<Accept>(outbox_), IsEmpty());
    ASSERT_THAT(sent<Ack>(outbox_), SizeIs(1));
    EXPECT_EQ(sent<Ack>(outbox_)[0].next, p(7));
    step(Submit{run_of(s(1), 7, {"y"})}, client());
    ASSERT_THAT(sent<Accept>(outbox_), SizeIs(1));
    EXPECT_EQ(sent<Accept>(outbox_)[0].instance, i(200));
}

TEST_F(CheckpointProposerTest, ACheckpointBeyondItsReignsStartLeavesItToTheVotesWhatToPropose) {
    const auto run = run_of(s(1), 6, {"y"});
    prepare_late(200, {{i(200), b(1, 2), false, run}});
    checkpoint(201);
    ASSERT_TRUE(proposer_.is_leading());
    const auto accepts = sent<Accept>(outbox_);
    ASSERT_THAT(accepts, SizeIs(1));
    EXPECT_EQ(accepts[0].instance, i(200));
    EXPECT_TRUE(equal(accepts[0].v_val, run));
    EXPECT_EQ(proposer_.sessions().next(s(1)), p(7));
}

// What the checkpoint says to be chosen has no vote in the quorum: it was chosen in a higher ballot.
TEST_F(CheckpointProposerTest, OneWhoseQuorumKnowsLessThanTheCheckpointDoesNotReign) {
    prepare_late();
    checkpoint(205);
    EXPECT_FALSE(proposer_.is_leading());
    EXPECT_THAT(sent<Accept>(outbox_), IsEmpty());
    EXPECT_EQ(proposer_.delivered_below(), i(205));
}

TEST_F(CheckpointProposerTest, ItGoesOnWithWhatItHasHeardMeanwhile) {
    const auto run = run_of(s(1), 7, {"y"});
    step(Accept{{b(9, 2), i(0), i(200)}, i(200), run}, proposer(2));
    step(Accept{{b(9, 2), i(0), i(201)}, i(201), {}}, proposer(2));
    now_ = ms(20);
    proposer_.tick(now_, outbox_);
    step(Repair{a(2), i(150), i(200), true, {}}, acceptor(2));
    checkpoint(200);
    EXPECT_EQ(proposer_.delivered_below(), i(201));
    EXPECT_EQ(proposer_.sessions().next(s(1)), p(8));
}

// Repairs were faster.
TEST_F(CheckpointProposerTest, ACheckpointBelowWhatItHasDeliveredIsOfNoUse) {
    prepare_late();
    step(Checkpoint{a(2), i(2), {}, false, {{s(1), p(7)}}}, acceptor(2));
    Repair repair{a(3), i(0), i(200), true, {}};
    for (std::uint64_t k = 0; k < 5; ++k)
        repair.entries.push_back({i(k), Ballot{}, true, {}});
    step(repair, acceptor(3));
    step(Checkpoint{a(2), i(2), s(1).next(), true, {}}, acceptor(2));
    EXPECT_EQ(proposer_.delivered_below(), i(5));
    EXPECT_EQ(proposer_.sessions().size(), 0u);
}

// With a phase 1 for each instance a reign is never quite over, but others may have reigned in between.
TEST_F(CheckpointProposerTest, WhatWasAdmittedBeforeOthersReignedIsAdmittedNoMore) {
    auto on_demand = options();
    on_demand.proactive_phase1 = false;
    proposer_ = Proposer(on_demand, now_);
    step(Submit{run_of(s(1), 0, {"x"})}, client());
    prepare_late(0);
    ASSERT_TRUE(proposer_.is_leading());
    step(Submit{run_of(s(1), 0, {"x"})}, client());
    for (const unsigned from : {1u, 2u}) {
        step(Accepted{a(from), proposer_.ballot(), i(0), i(1), 1 << 20, ranges({range(0, 1)})},
             acceptor(from));
    }
    ASSERT_EQ(proposer_.delivered_below(), i(1));
    step(Submit{run_of(s(1), 1, {"y"})}, client());
    ASSERT_THAT(sent<Prepare>(outbox_), SizeIs(1));
    promise(1, 200);
    promise(2, 200);
    step(Repair{a(2), i(150), i(200), true, {}}, acceptor(2));
    checkpoint(200);
    EXPECT_FALSE(proposer_.is_leading());
    step(Submit{run_of(s(1), 1, {"y"})}, client());
    EXPECT_THAT(sent<Accept>(outbox_), IsEmpty());
    ASSERT_THAT(sent<Ack>(outbox_), SizeIs(1));
    EXPECT_EQ(sent<Ack>(outbox_)[0].next, p(7));
    EXPECT_EQ(sent<Ack>(outbox_)[0].ballot, Ballot{});
}

TEST_F(CheckpointProposerTest, ACheckpointNeverTakesItBack) {
    prepare_late();
    checkpoint(200);
    ASSERT_TRUE(proposer_.is_leading());
    const auto hash = proposer_.hash();
    checkpoint(190);
    checkpoint(500);
    step(Checkpoint{a(9), i(500), {}, true, {}}, acceptor(9));
    EXPECT_EQ(proposer_.delivered_below(), i(200));
    EXPECT_EQ(proposer_.hash(), hash);
}

}  // namespace
}  // namespace synod::test

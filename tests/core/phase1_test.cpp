// "...it can choose proposal number n and execute phase 1 for infinitely many instances" ("Paxos Made
// Simple", section 3: "Using the same proposal number for all instances, it can do this by sending a single
// reasonably short message"). Rule N: DESIGN.md, "How each rule of safety is kept".

#include "synod/core/phase1.hpp"

#include <gtest/gtest.h>

#include "core/core_test.hpp"

namespace synod::test {
namespace {

class Phase1Test : public testing::Test {
protected:
    struct Page {
        Range covered{i(0), kInstanceEnd};
        std::uint64_t decided_below = 0;
        std::uint64_t incarnation = 1;
        std::vector<VoteEntry> votes;
    };
    void answer(unsigned acceptor, const Page& page) {
        phase1_.add({a(acceptor), Incarnation{page.incarnation}, b(9), page.covered, i(page.decided_below),
                     i(0), page.votes});
    }
    static VoteEntry vote(std::uint64_t instance, Ballot v_rnd, std::string_view v_val) {
        return {i(instance), v_rnd, false, v(v_val)};
    }
    static VoteEntry decided(std::uint64_t instance, std::string_view v_val) {
        return {i(instance), Ballot{}, true, v(v_val)};
    }
    [[nodiscard]] std::string value(std::uint64_t instance) const {
        const auto* found = phase1_.value(i(instance));
        return found == nullptr ? "(free)" : text(*found);
    }
    static Range from(std::uint64_t first) { return {i(first), kInstanceEnd}; }

    Phase1 phase1_{b(9), 3};
};

// "If the proposer receives a response to its prepare requests from a majority of acceptors"
TEST_F(Phase1Test, AQuorumOfWholeAnswersCompletesIt) {
    answer(1, {});
    EXPECT_FALSE(phase1_.is_complete());
    answer(1, {});
    EXPECT_FALSE(phase1_.is_complete());
    answer(3, {});
    EXPECT_TRUE(phase1_.is_complete());
    EXPECT_EQ(phase1_.start(), i(0));
    EXPECT_EQ(phase1_.end(), i(0));
    EXPECT_EQ(value(0), "(free)");
}

TEST_F(Phase1Test, AStrangerIsNoAcceptor) {
    answer(0, {});
    answer(4, {});
    answer(1, {});
    EXPECT_FALSE(phase1_.is_complete());
}

// "...where v is the value of the highest-numbered proposal among the responses"
TEST_F(Phase1Test, TheHighestVoteOfEachInstanceIsAdopted) {
    answer(1, {.votes = {vote(0, b(1), "old"), vote(2, b(3), "new")}});
    answer(2, {.votes = {vote(0, b(2), "newer"), vote(2, b(1), "older")}});
    EXPECT_EQ(value(0), "newer");
    EXPECT_EQ(value(1), "(free)") << "a hole, to be filled with a no-op";
    EXPECT_EQ(value(2), "new");
    EXPECT_EQ(phase1_.end(), i(3));
}

TEST_F(Phase1Test, ANoOpIsAVoteLikeAnyOther) {
    answer(1, {.votes = {vote(0, b(2), ""), vote(1, b(1), "x")}});
    answer(2, {.votes = {vote(0, b(1), "lost")}});
    ASSERT_NE(phase1_.value(i(0)), nullptr);
    EXPECT_EQ(value(0), "");
}

TEST_F(Phase1Test, WhatAnAcceptorKnowsToBeDecidedBeatsEveryVote) {
    answer(1, {.votes = {vote(0, b(8), "vote")}});
    answer(2, {.votes = {decided(0, "chosen")}});
    EXPECT_EQ(value(0), "chosen");
    answer(3, {.votes = {vote(0, b(8), "vote")}});
    EXPECT_EQ(value(0), "chosen");
}

// Rule 2: [A 1B larger than one datagram is counted when only its last page arrived.]
TEST_F(Phase1Test, TheLastPageAloneDoesNotCount) {
    answer(1, {.covered = from(10)});
    answer(2, {.covered = from(10)});
    EXPECT_FALSE(phase1_.is_complete());
    EXPECT_EQ(phase1_.cursor(a(1)), i(0));
    answer(1, {.covered = range(0, 10)});
    EXPECT_EQ(phase1_.cursor(a(1)), i(10)) << "the last page is asked for again";
    answer(1, {.covered = from(10)});
    EXPECT_EQ(phase1_.cursor(a(1)), kInstanceEnd);
    answer(2, {});
    EXPECT_TRUE(phase1_.is_complete());
}

TEST_F(Phase1Test, PagesMayOverlapButNotLeaveAGap) {
    answer(1, {.covered = range(0, 10)});
    answer(1, {.covered = range(11, 20)});
    EXPECT_EQ(phase1_.cursor(a(1)), i(10));
    answer(1, {.covered = range(5, 15)});
    EXPECT_EQ(phase1_.cursor(a(1)), i(15));
    answer(1, {.covered = range(0, 7)});
    EXPECT_EQ(phase1_.cursor(a(1)), i(15));
}

// Rule 2: [Old page 1 and new page 2 lose an instance that was chosen.]
TEST_F(Phase1Test, PagesOfTwoLivesOfAnAcceptorDoNotAddUp) {
    answer(1, {.covered = range(0, 10), .incarnation = 1});
    answer(1, {.covered = from(10), .incarnation = 2});
    EXPECT_EQ(phase1_.cursor(a(1)), i(0));
    answer(2, {});
    EXPECT_FALSE(phase1_.is_complete());
    answer(1, {.covered = from(0), .incarnation = 2});
    EXPECT_TRUE(phase1_.is_complete());
}

TEST_F(Phase1Test, TheWatermarkOfAFormerLifeDoesNotCount) {
    answer(1, {.covered = range(0, 10), .decided_below = 50, .incarnation = 1});
    answer(1, {.covered = from(0), .decided_below = 3, .incarnation = 2});
    answer(2, {});
    EXPECT_EQ(phase1_.start(), i(3));
}

// Rule 2: "the leader starts at the largest such watermark of its quorum". [A1 had trimmed below 100 and A2
// missed 60: 60 looks like a hole.]
TEST_F(Phase1Test, NothingIsProposedBelowWhatAnyOfTheQuorumSaysIsDecided) {
    answer(2, {.votes = {vote(59, b(1), "x"), vote(61, b(1), "y")}});  // missed 60
    answer(1, {.decided_below = 100, .votes = {vote(101, b(1), "z")}});
    ASSERT_TRUE(phase1_.is_complete());
    EXPECT_EQ(phase1_.start(), i(100));
    EXPECT_EQ(phase1_.end(), i(102));
    EXPECT_EQ(value(100), "(free)");
    EXPECT_EQ(value(101), "z");
}

TEST_F(Phase1Test, VotesBelowTheStartAreNoneOfItsBusiness) {
    answer(2, {.votes = {vote(5, b(1), "x")}});
    answer(1, {.decided_below = 100});
    EXPECT_EQ(phase1_.start(), i(100));
    EXPECT_EQ(phase1_.end(), i(100));
    EXPECT_EQ(value(100), "(free)");
}

TEST_F(Phase1Test, TheHighestWatermarkOfAllPagesCounts) {
    answer(1, {.covered = range(0, 10), .decided_below = 5});
    answer(1, {.covered = from(10), .decided_below = 12});
    answer(2, {.decided_below = 8});
    EXPECT_EQ(phase1_.start(), i(12));
}

TEST_F(Phase1Test, AThirdAnswerMayRaiseTheStart) {
    answer(1, {});
    answer(2, {});
    EXPECT_EQ(phase1_.start(), i(0));
    answer(3, {.decided_below = 4});
    EXPECT_EQ(phase1_.start(), i(4));
}

TEST_F(Phase1Test, AnIncompleteAnswersWatermarkDoesNotCount) {
    answer(3, {.covered = range(0, 10), .decided_below = 9});
    answer(1, {});
    answer(2, {});
    EXPECT_EQ(phase1_.start(), i(0));
}

TEST_F(Phase1Test, CopiesCompareEqual) {
    answer(1, {.votes = {vote(0, b(1), "x")}});
    const Phase1 copy = phase1_;
    EXPECT_EQ(copy, phase1_);
    answer(2, {});
    EXPECT_FALSE(copy == phase1_);
}

}  // namespace
}  // namespace synod::test

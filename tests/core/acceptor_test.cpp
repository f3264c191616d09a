// Each test quotes the sentence that it holds the acceptor to: of "Paxos Made Simple" (Lamport, 2001), or of
// the design, whose counter-examples (what goes wrong without the rule) stand in brackets.

#include "core/acceptor_test.hpp"

namespace synod::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

// ---- Phase 1 -------------------------------------------------------------------------------------------

// "...then it responds to the request with a promise not to accept any more proposals numbered less than n"
TEST_F(AcceptorTest, APromisedBallotShutsOutEveryLowerBallot) {
    prepare(b(5));

    prepare(b(4));
    EXPECT_EQ(nack().promised, b(5));
    EXPECT_EQ(nack().refused, b(4));
    EXPECT_THAT(sent<Promise>(outbox_), IsEmpty());

    accept(b(4), 0, "late");
    EXPECT_EQ(nack().promised, b(5));
    EXPECT_EQ(destinations<Nack>(outbox_), std::vector{to(proposer())});
    EXPECT_EQ(value(0), "(none)");
    EXPECT_EQ(acceptor_.promised(), b(5));
}

// "...and with the highest-numbered proposal (if any) that it has accepted."
TEST_F(AcceptorTest, APromiseReportsTheLatestVoteOfEachInstance) {
    accept(b(1), 0, "old");
    accept(b(2), 0, "new");
    accept(b(2), 3, "far");

    const auto answer = promise(b(3, 2));

    EXPECT_EQ(answer.acceptor, a(1));
    EXPECT_EQ(answer.incarnation, Incarnation{11});
    EXPECT_EQ(answer.ballot, b(3, 2));
    EXPECT_EQ(answer.covered, (Range{i(0), kInstanceEnd}));
    ASSERT_THAT(answer.votes, SizeIs(2));
    EXPECT_EQ(answer.votes[0].v_rnd, b(2));
    EXPECT_EQ(text(answer.votes[0].v_val), "new");
    EXPECT_FALSE(answer.votes[0].decided);
    EXPECT_EQ(answer.votes[1].instance, i(3));
    EXPECT_EQ(destinations<Promise>(outbox_), std::vector{to(proposer(2))});
}

TEST_F(AcceptorTest, AnAnswerBeginsWhereTheProposerAsks) {
    accept(b(1), 0, "x");
    accept(b(1), 3, "y");
    const auto answer = promise(b(2), i(2));
    EXPECT_EQ(answer.covered, (Range{i(2), kInstanceEnd}));
    ASSERT_THAT(answer.votes, SizeIs(1));
    EXPECT_EQ(answer.votes[0].instance, i(3));
}

// "...an acceptor ... must remember this information even if it fails and then restarts."
TEST_F(AcceptorTest, APromiseIsMadeStableOnceBeforeItIsSent) {
    prepare(b(5));
    ASSERT_THAT(stable<PromiseRecord>(outbox_), SizeIs(1));
    EXPECT_EQ(stable<PromiseRecord>(outbox_)[0].promised, b(5));

    prepare(b(5));  // the answer was lost
    EXPECT_THAT(sent<Promise>(outbox_), SizeIs(1));
    EXPECT_THAT(outbox_.stable, IsEmpty());
}

TEST_F(AcceptorTest, ARefusalMakesNothingStable) {
    accept(b(5), 0, "x");
    prepare(b(4));
    EXPECT_THAT(outbox_.stable, IsEmpty());
    accept(b(4), 0, "y");
    EXPECT_THAT(outbox_.stable, IsEmpty());
}

// Rule 2: "A 1B can exceed one datagram: it is paged. Each page states the range [lo, hi) that it covers"
TEST_F(AcceptorTest, ALongAnswerComesInPagesThatJoin) {
    auto small = options();
    small.page_bytes_max = 200;
    acceptor_ = Acceptor(small);
    const std::string fifty(50, 'x');
    for (std::uint64_t k = 0; k < 7; ++k)
        accept(b(1), 2 * k, fifty);

    const auto pages = sent<Promise>(prepare(b(2)));

    ASSERT_GT(pages.size(), 2u);
    InstanceId from = i(0);
    std::uint64_t votes = 0;
    for (const Promise& page : pages) {
        EXPECT_EQ(page.covered.first, from);
        EXPECT_LT(page.covered.first, page.covered.end);
        from = page.covered.end;
        std::size_t bytes = 0;
        for (const VoteEntry& vote : page.votes) {
            EXPECT_EQ(vote.instance, i(2 * votes++));
            EXPECT_GE(vote.instance, page.covered.first);
            EXPECT_LT(vote.instance, page.covered.end);
            bytes += vote.v_val.size();
        }
        EXPECT_LE(bytes, 200u);
    }
    EXPECT_EQ(from, kInstanceEnd);
    EXPECT_EQ(votes, 7u);
}

TEST_F(AcceptorTest, AVoteLargerThanAPageIsAPageOfItsOwn) {
    auto small = options();
    small.page_bytes_max = 100;
    acceptor_ = Acceptor(small);
    const std::string large(500, 'x');
    for (std::uint64_t k = 0; k < 3; ++k)
        accept(b(1), k, large);
    const auto pages = sent<Promise>(prepare(b(2)));
    ASSERT_THAT(pages, SizeIs(3));
    for (const Promise& page : pages)
        EXPECT_THAT(page.votes, SizeIs(1));
    EXPECT_EQ(pages.back().covered.end, kInstanceEnd);
    EXPECT_THAT(served(range(0, 3)), SizeIs(3));
}

TEST_F(AcceptorTest, TheProposerAsksForWhatDoesNotFitIntoTheFirstPages) {
    auto small = options();
    small.page_bytes_max = 100;
    small.pages_max = 2;
    acceptor_ = Acceptor(small);
    for (std::uint64_t k = 0; k < 5; ++k)
        accept(b(1), k, std::string(80, 'x'));

    const auto first = sent<Promise>(prepare(b(2)));
    ASSERT_THAT(first, SizeIs(2));
    EXPECT_EQ(first[1].covered, range(1, 2));
    const auto second = sent<Promise>(prepare(b(2), first[1].covered.end));
    ASSERT_THAT(second, SizeIs(2));
    EXPECT_EQ(second[0].covered, range(2, 3));
}

// Rule 2: "...and d, below which all is decided and nothing is reported."
TEST_F(AcceptorTest, BelowItsDecidedWatermarkNothingIsReported) {
    accept(b(1), 0, "x");
    accept(b(1), 1, "y");
    accept(b(1), 2, "z", range(0, 2));  // 0 and 1 are decided
    const auto answer = promise(b(2));
    EXPECT_EQ(answer.decided_below, i(2));
    EXPECT_EQ(answer.covered, (Range{i(0), kInstanceEnd}));
    ASSERT_THAT(answer.votes, SizeIs(1));
    EXPECT_EQ(answer.votes[0].instance, i(2));
}

// Rule 5: "Acceptors keep Decided apart from votes, report it in 1B"
TEST_F(AcceptorTest, WhatIsDecidedAboveAHoleIsReportedAsDecided) {
    accept(b(1), 1, "vote");
    learn_decided(3, "chosen");
    const auto answer = promise(b(2));
    EXPECT_EQ(answer.decided_below, i(0));
    ASSERT_THAT(answer.votes, SizeIs(2));
    EXPECT_FALSE(answer.votes[0].decided);
    EXPECT_TRUE(answer.votes[1].decided);
    EXPECT_EQ(text(answer.votes[1].v_val), "chosen");
}

// ---- Phase 2 -------------------------------------------------------------------------------------------

// "...it accepts the proposal unless it has already responded to a prepare request having a number greater
// than n."
TEST_F(AcceptorTest, AHigherBallotIsAcceptedWithoutHavingBeenPromised) {
    accept(b(1), 0, "x");
    accept(b(4), 0, "y");
    EXPECT_EQ(value(0), "y");
    EXPECT_EQ(acceptor_.log().find(i(0))->ballot, b(4));
    EXPECT_EQ(acceptor_.promised(), b(4)) << "rule 3: ... and sets `rnd` to it";
    accept(b(3), 1, "z");
    EXPECT_EQ(value(1), "(none)");
}

TEST_F(AcceptorTest, APromiseDoesNotKeepItFromAcceptingInThatVeryBallot) {
    prepare(b(2));
    accept(b(2), 0, "x");
    EXPECT_EQ(accepted().ballot, b(2));
    EXPECT_EQ(accepted().voted, ranges({range(0, 1)}));
}

TEST_F(AcceptorTest, AVoteIsMadeStableOnceBeforeItIsSent) {
    accept(b(1), 0, "x");
    ASSERT_THAT(outbox_.stable, SizeIs(2));
    EXPECT_EQ(std::get<PromiseRecord>(outbox_.stable[0]).promised, b(1));
    const auto vote = std::get<VoteRecord>(outbox_.stable[1]).vote;
    EXPECT_EQ(vote.instance, i(0));
    EXPECT_EQ(vote.v_rnd, b(1));
    EXPECT_FALSE(vote.decided);
    EXPECT_EQ(text(vote.v_val), "x");

    accept(b(1), 1, "y");  // nothing new is promised
    EXPECT_THAT(outbox_.stable, SizeIs(1));

    accept(b(1), 0, "x");  // a 2A repeated
    EXPECT_THAT(outbox_.stable, IsEmpty());
    EXPECT_EQ(accepted().voted, ranges({range(0, 2)}));
}

TEST_F(AcceptorTest, AVoteInAHigherBallotIsMadeStableEvenForTheSameValue) {
    accept(b(1), 0, "x");
    accept(b(2), 0, "x");
    ASSERT_THAT(stable<VoteRecord>(outbox_), SizeIs(1));
    EXPECT_EQ(stable<VoteRecord>(outbox_)[0].vote.v_rnd, b(2));
    EXPECT_THAT(stable<PromiseRecord>(outbox_), SizeIs(1));
}

// Rule 3: "a conflicting one is refused and counted, the first stands."
TEST_F(AcceptorTest, ASecondValueInOneBallotIsRefusedAndTheFirstStands) {
    accept(b(1), 0, "x");
    accept(b(1), 0, "y");
    EXPECT_EQ(value(0), "x");
    EXPECT_EQ(acceptor_.conflicts(), 1u);
    EXPECT_THAT(outbox_.stable, IsEmpty());
    accept(b(1), 0, "x");
    EXPECT_EQ(acceptor_.conflicts(), 1u);
}

TEST_F(AcceptorTest, AnotherValueForADecidedInstanceIsRefusedInEveryBallot) {
    accept(b(1), 0, "x");
    beacon(b(1), range(0, 1), 1);
    accept(b(2), 0, "y");
    EXPECT_EQ(value(0), "x");
    EXPECT_EQ(acceptor_.conflicts(), 1u);
    EXPECT_TRUE(decided(0));
}

TEST_F(AcceptorTest, ADecidedValueIsVotedForAgainInAHigherBallot) {
    accept(b(1), 0, "x");
    beacon(b(1), range(0, 1), 1);
    accept(b(2, 2), 0, "x", range(0, 0));
    EXPECT_EQ(accepted().ballot, b(2, 2));
    EXPECT_EQ(accepted().voted, ranges({range(0, 1)}));
    EXPECT_THAT(stable<VoteRecord>(outbox_), SizeIs(1));
}

// Rule 4: "2B carries none: for its ballot b it lists the ranges above the decided watermark whose v-rnd is b
// now". [An acceptor that accepted 10 in b1 and missed 10 in b2 must not cover 10 in a cumulative range for
// b2.]
TEST_F(AcceptorTest, A2BCoversOnlyWhatWasVotedInItsVeryBallot) {
    for (std::uint64_t k = 8; k < 12; ++k)
        accept(b(1), k, "x");
    EXPECT_EQ(accepted().voted, ranges({range(8, 12)}));

    accept(b(2), 9, "x");
    EXPECT_EQ(accepted().ballot, b(2));
    EXPECT_EQ(accepted().voted, ranges({range(9, 10)}));
    accept(b(2), 11, "x");
    EXPECT_EQ(accepted().voted, ranges({range(9, 10), range(11, 12)}));
}

TEST_F(AcceptorTest, APromiseEndsThe2BsOfTheLowerBallot) {
    accept(b(1), 0, "x");
    prepare(b(2));
    tick_at(ms(5000));
    EXPECT_EQ(accepted().ballot, b(2));
    EXPECT_THAT(accepted().voted, IsEmpty());
}

// "It is state, not a change, so a lost 2B heals with the next."
TEST_F(AcceptorTest, A2BRepeatsAllThatIsNotYetSaidToBeDecided) {
    accept(b(1), 0, "x");
    accept(b(1), 1, "y");
    accept(b(1), 2, "z");
    EXPECT_EQ(accepted().voted, ranges({range(0, 3)}));
    accept(b(1), 3, "w", range(0, 2));
    EXPECT_EQ(accepted().voted, ranges({range(2, 4)}));
    EXPECT_EQ(accepted().decided_below, i(2));
    EXPECT_EQ(accepted().seen_below, i(4));
}

TEST_F(AcceptorTest, One2BCoversAllThatCameTogether) {
    outbox_.clear();
    for (std::uint64_t k = 0; k < 3; ++k) {
        acceptor_.on(Accept{{b(1), i(0), i(0)}, i(k), v("x")}, proposer(), now_, outbox_);
    }
    EXPECT_THAT(outbox_.sends, IsEmpty());
    acceptor_.flush(now_, outbox_);
    EXPECT_EQ(accepted().voted, ranges({range(0, 3)}));
    outbox_.clear();
    acceptor_.flush(now_, outbox_);
    EXPECT_THAT(outbox_.sends, IsEmpty());
}

// "The obvious way of having learners learn: each acceptor, whenever it accepts a proposal, responds to all
// learners"
TEST_F(AcceptorTest, A2BGoesToTheLearnersOrWithoutDirect2BToTheProposers) {
    accept(b(1), 0, "x");
    EXPECT_EQ(destinations<Accepted>(outbox_), std::vector{to_all(Role::learner)});
    auto by_proposers = options();
    by_proposers.direct_2b = false;
    acceptor_ = Acceptor(by_proposers);
    accept(b(1), 0, "x");
    EXPECT_EQ(destinations<Accepted>(outbox_), std::vector{to_all(Role::proposer)});
}

// ---- Time ----------------------------------------------------------------------------------------------

// "Tail loss: a receiver cannot see that the last datagram was lost... acceptors [send a beacon] when
// the leader is silent."
TEST_F(AcceptorTest, WhenTheLeaderIsSilentItSpeaksUpAndEverMoreSeldom) {
    accept(b(1), 0, "x");
    std::vector<Time> spoke;
    while (now_ < ms(8000)) {
        const Time due = acceptor_.deadline();
        ASSERT_GT(due, now_);
        tick_at(due);
        if (!sent<Accepted>(outbox_).empty()) {
            spoke.push_back(now_);
            EXPECT_EQ(accepted().voted, ranges({range(0, 1)}));
        }
    }
    ASSERT_GT(spoke.size(), 4u);
    EXPECT_LE(spoke[0], ms(1000) + milliseconds(500));
    for (std::size_t k = 2; k < spoke.size(); ++k) {
        EXPECT_GE(spoke[k].since(spoke[k - 1]), spoke[k - 1].since(spoke[k - 2]));
        EXPECT_LE(spoke[k].since(spoke[k - 1]), milliseconds(1000));
    }
}

// The last 2B of a burst may be lost, and the leader waits for it even when a quorum of others has voted.
TEST_F(AcceptorTest, WhileTheLeaderSpeaksItOnlyAnswersBeacons) {
    accept(b(1), 0, "x");
    for (int k = 0; k < 100; ++k) {
        now_ = now_ + milliseconds(50);
        beacon(b(1), range(0, 1), 1);
        EXPECT_THAT(sent<Accepted>(outbox_), SizeIs(1));
        tick_at(now_);
        EXPECT_THAT(outbox_.sends, IsEmpty());
    }
}

TEST_F(AcceptorTest, ADeposedLeaderIsAsGoodAsSilent) {
    accept(b(1), 0, "x");
    prepare(b(2, 2));
    for (int k = 0; k < 10; ++k) {
        now_ = now_ + milliseconds(50);
        beacon(b(1), range(0, 1), 1);
    }
    EXPECT_LE(acceptor_.deadline(), now_);
}

TEST_F(AcceptorTest, WhenAllIsDecidedABeaconIsAnsweredToItsSenderAlone) {
    accept(b(1), 0, "x");
    beacon(b(1), range(0, 1), 1);
    EXPECT_EQ(destinations<Accepted>(outbox_), std::vector{to(proposer(1))});
    beacon(b(1), range(0, 1), 2);
    EXPECT_EQ(destinations<Accepted>(outbox_), std::vector{to_all(Role::learner)}) << "one is undecided";
}

TEST_F(AcceptorTest, ABeaconOfAnUndecidedInstanceIsAnsweredWithA2B) {
    accept(b(1), 0, "x");
    beacon(b(1), range(0, 0), 1);
    EXPECT_EQ(accepted().voted, ranges({range(0, 1)}));
}

TEST_F(AcceptorTest, WhoStartsIsToldHowFarItIs) {
    accept(b(1), 0, "x");
    accept(b(1), 1, "y", range(0, 1));
    step(Hello{}, learner(4));
    EXPECT_EQ(destinations<Accepted>(outbox_), std::vector{to(learner(4))});
    EXPECT_EQ(accepted().decided_below, i(1));
    EXPECT_EQ(accepted().voted, ranges({range(1, 2)}));
}

// ---- As a value ----------------------------------------------------------------------------------------

TEST_F(AcceptorTest, ACopyIsEqualAndGoesItsOwnWay) {
    accept(b(1), 0, "x");
    const Acceptor copy = acceptor_;
    EXPECT_EQ(copy, acceptor_);
    EXPECT_EQ(copy.hash(), acceptor_.hash());
    accept(b(1), 1, "y");
    EXPECT_FALSE(copy == acceptor_);
    EXPECT_NE(copy.hash(), acceptor_.hash());
    EXPECT_EQ(copy.log().find(i(1)), nullptr);
}

TEST_F(AcceptorTest, AnotherHistoryWithTheSameOutcomeIsTheSameState) {
    accept(b(1), 0, "x");
    accept(b(1), 1, "y");
    accept(b(2), 1, "y");
    accept(b(2), 0, "z");
    acceptor_.flush(now_, outbox_);
    const Acceptor first = acceptor_;

    acceptor_ = Acceptor(options());
    accept(b(2), 0, "z");
    accept(b(2), 0, "z");
    accept(b(1), 1, "lost to the higher ballot");
    accept(b(2), 1, "y");
    acceptor_.flush(now_, outbox_);
    EXPECT_EQ(first, acceptor_);
    EXPECT_EQ(first.hash(), acceptor_.hash());
}

TEST_F(AcceptorTest, APromiseAVoteAndADecisionAreEachAnotherState) {
    std::vector<std::uint64_t> hashes{acceptor_.hash()};
    const auto is_new = [&] {
        const bool fresh = std::find(hashes.begin(), hashes.end(), acceptor_.hash()) == hashes.end();
        hashes.push_back(acceptor_.hash());
        return fresh;
    };
    prepare(b(1));
    EXPECT_TRUE(is_new());
    accept(b(1), 0, "x");
    EXPECT_TRUE(is_new());
    beacon(b(1), range(0, 1), 1);
    EXPECT_TRUE(is_new());
    prepare(b(1, 2));
    EXPECT_TRUE(is_new());
}

}  // namespace
}  // namespace synod::test

// Each test quotes the sentence that it holds the acceptor to: of "Paxos Made Simple" (Lamport, 2001), or of
// the design, whose counter-examples (what goes wrong without the rule) stand in brackets.

#include "synod/core/acceptor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/core_test.hpp"

namespace synod::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class AcceptorTest : public testing::Test {
protected:
    static Acceptor::Options options() { return {.id = a(1), .incarnation = Incarnation{11}, .repair = {}}; }

    // One step and the flush after it; the outbox holds both.
    template <typename M>
    const Outbox& step(const M& message, const Sender& from) {
        outbox_.clear();
        acceptor_.on(message, from, now_, outbox_);
        acceptor_.flush(now_, outbox_);
        acceptor_.check_invariants();
        return outbox_;
    }
    const Outbox& prepare(Ballot ballot, InstanceId first = i(0)) {
        return step(Prepare{ballot, first}, proposer(ballot.proposer.value()));
    }
    // `reign`: of the ballot, what it says to be decided.
    const Outbox& accept(Ballot ballot, std::uint64_t instance, std::string_view value,
                         Range reign = range(0, 0)) {
        return step(Accept{{ballot, reign.first, reign.end}, i(instance), v(value)},
                    proposer(ballot.proposer.value()));
    }
    const Outbox& beacon(Ballot ballot, Range reign, std::uint64_t next) {
        return step(Beacon{{ballot, reign.first, reign.end}, i(next)}, proposer(ballot.proposer.value()));
    }
    const Outbox& tick_at(Time now) {
        now_ = now;
        outbox_.clear();
        acceptor_.tick(now, outbox_);
        acceptor_.check_invariants();
        return outbox_;
    }
    const Outbox& learn_decided(std::uint64_t instance, std::string_view value) {
        return step(Repair{a(2), i(0), i(0), true, {{i(instance), Ballot{}, true, v(value)}}}, acceptor(2));
    }

    // What it answers.
    Promise promise(Ballot ballot, InstanceId first = i(0)) {
        const auto pages = sent<Promise>(prepare(ballot, first));
        EXPECT_THAT(pages, SizeIs(1));
        return pages.at(0);
    }
    std::vector<VoteEntry> served(Range wanted) {
        std::vector<VoteEntry> entries;
        for (const Repair& page : sent<Repair>(step(RepairRequest{1 << 20, ranges({wanted})}, learner()))) {
            entries.insert(entries.end(), page.entries.begin(), page.entries.end());
        }
        return entries;
    }
    // The 2B of the last step.
    [[nodiscard]] Accepted accepted() const {
        const auto messages = sent<Accepted>(outbox_);
        EXPECT_THAT(messages, SizeIs(1));
        return messages.at(0);
    }
    [[nodiscard]] Nack nack() const {
        const auto messages = sent<Nack>(outbox_);
        EXPECT_THAT(messages, SizeIs(1));
        return messages.at(0);
    }
    [[nodiscard]] std::string value(std::uint64_t instance) const {
        const auto* entry = acceptor_.log().find(i(instance));
        return entry == nullptr ? "(none)" : text(acceptor_.log().value(*entry));
    }
    [[nodiscard]] bool decided(std::uint64_t instance) const {
        const auto* entry = acceptor_.log().find(i(instance));
        return entry != nullptr && entry->decided;
    }

    Acceptor acceptor_{options()};
    Outbox outbox_;
    Time now_ = ms(1000);
};

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

// ---- What is decided -----------------------------------------------------------------------------------

// Rule 5: "Watermarks say that an instance is decided, never what." [A3 holds (1, b1, x) while A1, A2 decided
// (1, b2, y); A3 hears "decided below 2" and serves x.]
TEST_F(AcceptorTest, AWatermarkOfAnotherBallotDoesNotMakeItsVoteDecided) {
    accept(b(1), 0, "w");
    accept(b(1), 1, "x");

    beacon(b(2, 2), range(0, 2), 2);

    EXPECT_FALSE(decided(1));
    EXPECT_EQ(acceptor_.log().decided_below(), i(0));
    EXPECT_EQ(acceptor_.log().known_decided_below(), i(2));
    for (const VoteEntry& entry : served(range(0, 2))) {
        EXPECT_FALSE(entry.decided);
        EXPECT_EQ(entry.v_rnd, b(1));
    }
    learn_decided(1, "y");
    EXPECT_EQ(value(1), "y");
    ASSERT_THAT(served(range(1, 2)), SizeIs(1));
    EXPECT_TRUE(served(range(1, 2))[0].decided);
}

TEST_F(AcceptorTest, AWatermarkOfItsBallotDecidesFromTheReignsFirstInstanceOn) {
    accept(b(1), 4, "x", range(5, 5));
    accept(b(1), 5, "y", range(5, 5));
    accept(b(1), 6, "z", range(5, 5));
    beacon(b(1), range(5, 6), 7);
    EXPECT_FALSE(decided(4)) << "it was not proposed in this reign";
    EXPECT_TRUE(decided(5));
    EXPECT_FALSE(decided(6));
}

TEST_F(AcceptorTest, AWatermarkAlsoDecidesWhatComesAfterIt) {
    accept(b(1), 1, "y", range(0, 1));
    accept(b(1), 0, "x", range(0, 1));  // had been lost
    EXPECT_TRUE(decided(0));
    EXPECT_EQ(acceptor_.log().decided_below(), i(1));
}

// "...and repair their own holes."
TEST_F(AcceptorTest, ItAsksTheOthersForDecidedInstancesThatItMissed) {
    accept(b(1), 0, "x");
    accept(b(1), 3, "z", range(0, 3));  // 1 and 2 were lost
    tick_at(now_ + milliseconds(1));
    ASSERT_THAT(sent<RepairRequest>(outbox_), SizeIs(1));
    EXPECT_EQ(sent<RepairRequest>(outbox_)[0].wanted, ranges({range(1, 3)}));
    EXPECT_EQ(destinations<RepairRequest>(outbox_), std::vector{to_all(Role::acceptor)});

    step(Repair{a(2), i(0), i(3), true, {{i(1), Ballot{}, true, v("a")}, {i(2), Ballot{}, true, v("b")}}},
         acceptor(2));
    EXPECT_EQ(acceptor_.log().decided_below(), i(3));
    EXPECT_EQ(value(1), "a");
    tick_at(now_ + milliseconds(500));
    EXPECT_THAT(sent<RepairRequest>(outbox_), IsEmpty());
}

TEST_F(AcceptorTest, ItDoesNotAskForWhatIsNotYetDecided) {
    accept(b(1), 3, "z");  // 0, 1, 2 were lost: their proposer will send them again
    tick_at(now_ + milliseconds(50));
    EXPECT_THAT(sent<RepairRequest>(outbox_), IsEmpty());
}

TEST_F(AcceptorTest, AVoteOfAnotherAcceptorDecidesNothing) {
    accept(b(1), 1, "x", range(0, 1));
    step(Repair{a(2), i(0), i(1), true, {{i(0), b(1), false, v("vote")}}}, acceptor(2));
    EXPECT_EQ(value(0), "(none)");
    EXPECT_FALSE(decided(0));
}

TEST_F(AcceptorTest, ItsOwnRepairsHeardAgainChangeNothing) {
    step(Repair{a(1), i(5), i(9), true, {{i(0), Ballot{}, true, v("x")}}}, acceptor(1));
    EXPECT_EQ(acceptor_, Acceptor(options()));
}

TEST_F(AcceptorTest, WhatAllOthersHaveForgottenItGivesUpToo) {
    accept(b(1), 2, "vote");
    accept(b(1), 200, "z", range(0, 200));
    step(Repair{a(2), i(100), i(200), true, {}}, acceptor(2));
    EXPECT_EQ(acceptor_.trimmed_below(), i(0)) << "not yet: see checkpoint_test.cpp";
    step(Checkpoint{a(2), i(200), {}, true, {{s(1), p(9)}}}, acceptor(2));
    EXPECT_EQ(acceptor_.trimmed_below(), i(100));
    EXPECT_EQ(acceptor_.gave_up(), range(0, 100)) << "and people are told";
    ASSERT_THAT(stable<TrimRecord>(outbox_), SizeIs(1));
    EXPECT_EQ(stable<TrimRecord>(outbox_)[0].trimmed_below, i(100));
    EXPECT_EQ(stable<TrimRecord>(outbox_)[0].sessions_below, i(200));
    EXPECT_THAT(stable<TrimRecord>(outbox_)[0].sessions, testing::ElementsAre(SessionEntry{s(1), p(9)}));
    const auto answer = promise(b(2));
    EXPECT_EQ(answer.decided_below, i(100));
    EXPECT_EQ(answer.trimmed_below, i(100));
}

TEST_F(AcceptorTest, AnothersTrimBelowWhatItHasIsNoReasonToForget) {
    accept(b(1), 0, "x");
    accept(b(1), 1, "y", range(0, 1));
    step(Repair{a(2), i(1), i(1), true, {}}, acceptor(2));
    EXPECT_EQ(acceptor_.trimmed_below(), i(0));
    EXPECT_THAT(outbox_.stable, IsEmpty());
}

// ---- Repair --------------------------------------------------------------------------------------------

TEST_F(AcceptorTest, ItServesVotesAsVotesAndDecidedValuesAsDecided) {
    accept(b(1), 0, "x");
    accept(b(1), 1, "y", range(0, 1));
    accept(b(1), 5, "z");
    const auto entries = served(range(0, 9));
    ASSERT_THAT(entries, SizeIs(3));
    EXPECT_TRUE(entries[0].decided);
    EXPECT_FALSE(entries[1].decided);
    EXPECT_EQ(entries[1].v_rnd, b(1));
    EXPECT_EQ(entries[2].instance, i(5));
    EXPECT_EQ(destinations<Repair>(outbox_), std::vector{to(learner())});
}

TEST_F(AcceptorTest, ARequestIsAnsweredEvenIfThereIsNothing) {
    const auto pages = sent<Repair>(step(RepairRequest{1000, ranges({range(5, 9)})}, learner()));
    ASSERT_THAT(pages, SizeIs(1));
    EXPECT_TRUE(pages[0].last);
    EXPECT_THAT(pages[0].entries, IsEmpty());
}

TEST_F(AcceptorTest, SeveralRangesShareAPage) {
    for (std::uint64_t k = 0; k < 10; ++k)
        accept(b(1), k, "x");
    const auto pages = sent<Repair>(
        step(RepairRequest{1 << 20, ranges({range(0, 2), range(4, 5), {i(8), kInstanceEnd}})}, learner()));
    ASSERT_THAT(pages, SizeIs(1));
    ASSERT_THAT(pages[0].entries, SizeIs(5));
    EXPECT_EQ(pages[0].entries[2].instance, i(4));
    EXPECT_EQ(pages[0].entries[4].instance, i(9));
    EXPECT_TRUE(pages[0].last);
}

TEST_F(AcceptorTest, RangesThatShareAPageShareItsBytesToo) {
    auto small = options();
    small.page_bytes_max = 400;
    acceptor_ = Acceptor(small);
    for (std::uint64_t k = 0; k < 12; ++k)
        accept(b(1), k, std::string(100, 'x'));
    const auto wanted = ranges({range(0, 1), range(2, 5), range(6, 7), range(8, 12)});
    std::size_t entries = 0;
    for (const Repair& page : sent<Repair>(step(RepairRequest{1 << 20, wanted}, learner()))) {
        EXPECT_LE(page.entries.size(), 2u);
        entries += page.entries.size();
    }
    EXPECT_EQ(entries, 9u);
}

TEST_F(AcceptorTest, ASmallValueBeforeALargeOneDoesNotEndTheAnswer) {
    auto small = options();
    small.page_bytes_max = 300;
    acceptor_ = Acceptor(small);
    for (std::uint64_t k = 0; k < 6; ++k)
        accept(b(1), k, std::string(k % 2 == 0 ? 1 : 290, 'x'));
    EXPECT_THAT(served(range(0, 6)), SizeIs(6));
}

TEST_F(AcceptorTest, AnAnswerKeepsToItsBudgetAndItsPages) {
    auto small = options();
    small.page_bytes_max = 300;
    acceptor_ = Acceptor(small);
    const std::string hundred(100, 'x');
    for (std::uint64_t k = 0; k < 20; ++k)
        accept(b(1), k, hundred);

    const auto pages = sent<Repair>(step(RepairRequest{1000, ranges({range(0, 20)})}, learner()));

    std::uint64_t next = 0;
    for (const Repair& page : pages) {
        EXPECT_LE(page.entries.size(), 2u);
        EXPECT_EQ(page.last, &page == &pages.back());
        for (const VoteEntry& entry : page.entries)
            EXPECT_EQ(entry.instance, i(next++));
    }
    EXPECT_GE(next, 6u);
    EXPECT_LE(next, 8u);
    EXPECT_THAT(served(range(0, 20)), SizeIs(20)) << "with budget enough all of it comes";
}

// ---- Memory --------------------------------------------------------------------------------------------

class SmallHistory : public AcceptorTest {
protected:
    static constexpr std::uint64_t kHistory = 256 << 10;
    void SetUp() override {
        auto small = options();
        small.history_bytes = kHistory;
        acceptor_ = Acceptor(small);
    }
    std::string large_ = std::string(16 << 10, 'x');
};

// "...forget the oldest decided instances (never an undecided one)"
TEST_F(SmallHistory, TheOldestDecidedAreForgottenFirstAndMemoryStaysBounded) {
    for (std::uint64_t k = 0; k < 1000; ++k)
        accept(b(1), k, large_, range(0, k));
    EXPECT_GT(acceptor_.trimmed_below(), i(950));
    EXPECT_LT(acceptor_.trimmed_below(), i(1000 - 8)) << "most of the history is put to use";
    EXPECT_LE(acceptor_.log().arena().reserved_bytes(), 2 * kHistory);
    EXPECT_EQ(value(999), large_);
}

TEST_F(SmallHistory, WhatIsUndecidedIsNeverForgotten) {
    for (std::uint64_t k = 0; k < 200; ++k)
        accept(b(1), k, large_);
    EXPECT_EQ(acceptor_.trimmed_below(), i(0));
    EXPECT_LE(acceptor_.log().arena().reserved_bytes(), 4 * kHistory);
    EXPECT_EQ(value(0), large_);
    // What found no room is not voted for, and it says so.
    ASSERT_THAT(accepted().voted, SizeIs(1));
    const InstanceId end = accepted().voted[0].end;
    EXPECT_LT(end, i(200));
    EXPECT_EQ(acceptor_.log().find(end), nullptr);
    // Decisions make room again.
    accept(b(1), end.value(), large_, {i(0), end});
    EXPECT_EQ(value(end.value()), large_);
    EXPECT_GT(acceptor_.trimmed_below(), i(0));
}

TEST_F(SmallHistory, TheInstanceEverythingWaitsForAlwaysFindsRoom) {
    for (std::uint64_t k = 1; k < 200; ++k)
        accept(b(1), k, large_);
    accept(b(1), 0, large_);
    EXPECT_EQ(value(0), large_);
}

TEST_F(SmallHistory, ManyEmptyValuesAreForgottenByTheirNumber) {
    auto few = options();
    few.instances_max = 16;
    acceptor_ = Acceptor(few);
    for (std::uint64_t k = 0; k < 100; ++k)
        accept(b(1), k, "", range(0, k));
    EXPECT_EQ(value(99), "");
    EXPECT_GE(acceptor_.trimmed_below(), i(84));
    accept(b(1), 200, "beyond the window", range(0, 100));
    EXPECT_EQ(value(200), "(none)");
    EXPECT_THAT(stable<VoteRecord>(outbox_), IsEmpty());
}

// Rule 2: "A request below a trim gets Trimmed(t), never silence."
TEST_F(SmallHistory, WhoAsksForWhatIsForgottenIsTold) {
    for (std::uint64_t k = 0; k < 100; ++k)
        accept(b(1), k, large_, range(0, k));
    const InstanceId trimmed = acceptor_.trimmed_below();
    ASSERT_GT(trimmed, i(0));

    EXPECT_EQ(promise(b(2)).trimmed_below, trimmed);
    EXPECT_GE(promise(b(2)).decided_below, trimmed);

    const auto pages = sent<Repair>(step(RepairRequest{1000, ranges({range(0, 1)})}, learner()));
    ASSERT_THAT(pages, SizeIs(1));
    EXPECT_EQ(pages[0].trimmed_below, trimmed);
    EXPECT_TRUE(pages[0].last);

    accept(b(2), 0, "again");
    EXPECT_EQ(nack().trimmed_below, trimmed);
    EXPECT_THAT(sent<Accepted>(outbox_), IsEmpty());
}

// ---- The observer --------------------------------------------------------------------------------------

class ObserverTest : public AcceptorTest {
protected:
    void SetUp() override {
        auto observer = options();
        observer.observer = true;
        acceptor_ = Acceptor(observer);
    }
};

// Rule 7: "a dead owner makes the newcomer an observer for the rest of the run: it serves payloads, never
// sends 1B or 2B"
TEST_F(ObserverTest, NeverPromisesAndNeverVotes) {
    EXPECT_TRUE(acceptor_.is_observer());
    EXPECT_TRUE(prepare(b(1)).empty());
    EXPECT_TRUE(accept(b(2), 0, "x").empty());
    EXPECT_TRUE(accept(b(1), 0, "x").empty());
    EXPECT_TRUE(beacon(b(2), range(0, 0), 1).empty());
    EXPECT_TRUE(step(Hello{}, learner()).empty());
    EXPECT_TRUE(tick_at(ms(60'000)).empty());
    EXPECT_TRUE(acceptor_.promised().is_none());
}

TEST_F(ObserverTest, ServesWhatIsDecidedAndNothingElse) {
    accept(b(1), 0, "x");
    accept(b(1), 1, "y", range(0, 1));
    learn_decided(4, "z");
    const auto entries = served(range(0, 9));
    ASSERT_THAT(entries, SizeIs(2));
    EXPECT_TRUE(entries[0].decided);
    EXPECT_EQ(text(entries[0].v_val), "x");
    EXPECT_EQ(entries[1].instance, i(4));
}

TEST_F(ObserverTest, RepairsItsHolesToo) {
    accept(b(1), 3, "z", range(0, 3));
    tick_at(now_ + milliseconds(1));
    EXPECT_THAT(sent<RepairRequest>(outbox_), SizeIs(1));
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
    EXPECT_LE(spoke[0], ms(1000) + milliseconds(200));
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

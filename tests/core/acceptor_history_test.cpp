// What an acceptor keeps, serves and forgets of what is decided. Each test quotes the sentence of the design
// that it holds the acceptor to, counter-examples (what goes wrong without the rule) in brackets.

#include "core/acceptor_test.hpp"

namespace synod::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

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

// ---- Where learners give each other snapshots -----------------------------------------------------------

class SharedHistory : public SmallHistory {
protected:
    static constexpr unsigned kInstances = 40;  // 2.5 histories

    void SetUp() override {
        auto shared = options();
        shared.history_bytes = kHistory;
        shared.snapshot_learners = 3;
        acceptor_ = Acceptor(shared);
    }
    void decide_below(std::uint64_t end) {
        for (std::uint64_t k = acceptor_.log().end().value(); k < end; ++k)
            accept(b(1), k, large_, range(0, k));
    }
    void delivered(std::uint16_t learner, std::uint64_t below) {
        acceptor_.on(LearnerStatus{LearnerId{learner}, i(below), i(below), 1 << 20},
                     Sender{Role::learner, learner, Incarnation{learner}, Endpoint{}}, now_, outbox_);
    }
};

TEST_F(SharedHistory, WhatNoMajorityHasDeliveredIsKeptBeyondTheHistory) {
    delivered(1, kInstances);
    decide_below(kInstances);
    EXPECT_EQ(acceptor_.trimmed_below(), i(0));
    EXPECT_EQ(value(0), large_);
}

TEST_F(SharedHistory, WhatAMajorityHasDeliveredIsForgottenBeyondTheHistory) {
    decide_below(kInstances);
    delivered(1, kInstances);
    delivered(3, 5);
    decide_below(kInstances + 1);
    EXPECT_EQ(acceptor_.trimmed_below(), i(5));
    EXPECT_EQ(acceptor_.delivered_by_majority_below(), i(5));

    delivered(2, kInstances);
    decide_below(kInstances + 2);
    EXPECT_LT(acceptor_.trimmed_below(), i(kInstances)) << "its history it keeps, for who is not far behind";
    EXPECT_LE(acceptor_.log().arena().used_bytes(), kHistory + (64 << 10));
}

TEST_F(SharedHistory, NobodysWordHasItForgetWhatItDoesNotKnowToBeDecided) {
    decide_below(10);
    for (std::uint64_t k = 10; k < kInstances; ++k)
        accept(b(1), k, large_, range(0, 9));
    for (const std::uint16_t learner : {1, 2, 3})
        delivered(learner, 1000);
    accept(b(1), kInstances, large_, range(0, 9));
    EXPECT_EQ(acceptor_.trimmed_below(), i(9));
    EXPECT_EQ(value(10), large_);
}

TEST_F(SharedHistory, MemoryStaysBoundedThoughNoMajorityEverDelivers) {
    decide_below(500);
    EXPECT_GT(acceptor_.trimmed_below(), i(400));
    EXPECT_LE(acceptor_.log().arena().used_bytes(), 4 * kHistory + (64 << 10));
}

TEST_F(SharedHistory, ManyEmptyValuesAreKeptForThemToo) {
    auto few = options();
    few.instances_max = 16;
    few.snapshot_learners = 3;
    acceptor_ = Acceptor(few);
    for (std::uint64_t k = 0; k < 60; ++k)
        accept(b(1), k, "", range(0, k));
    EXPECT_EQ(acceptor_.trimmed_below(), i(0));
    for (std::uint64_t k = 60; k < 100; ++k)
        accept(b(1), k, "", range(0, k));
    EXPECT_GE(acceptor_.trimmed_below(), i(36));
}

TEST_F(SmallHistory, HowFarLearnersAreIsNothingToItWhereTheyGiveNoSnapshots) {
    for (std::uint64_t k = 0; k < 40; ++k)
        accept(b(1), k, large_, range(0, k));
    EXPECT_GT(acceptor_.trimmed_below(), i(0));
    EXPECT_EQ(acceptor_.delivered_by_majority_below(), i(0));
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

}  // namespace
}  // namespace synod::test

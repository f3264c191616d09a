// "To learn that a value has been chosen, a learner must find out that a proposal has been accepted by a
// majority of acceptors." ("Paxos Made Simple", section 2.3) Rule N: DESIGN.md, "How each rule of safety is
// kept".

#include "synod/core/learner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/core_test.hpp"

namespace synod::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class LearnerTest : public testing::Test {
protected:
    static Learner::Options options() {
        return {.id = LearnerId{4}, .log = {.chunk_bytes = 4096}, .repair = {}};
    }

    template <typename M>
    void step(const M& message, const Sender& from) {
        outbox_.clear();
        learner_.on(message, from, now_, outbox_);
        learner_.check_invariants();
        take();
        learner_.flush(now_, outbox_);
        learner_.check_invariants();
    }
    void accept(Ballot ballot, std::uint64_t instance, std::string_view value, Range reign = range(0, 0)) {
        step(Accept{{ballot, reign.first, reign.end}, i(instance), v(value)},
             proposer(ballot.proposer.value()));
    }
    void beacon(Ballot ballot, Range reign, std::uint64_t next) {
        step(Beacon{{ballot, reign.first, reign.end}, i(next)}, proposer(ballot.proposer.value()));
    }
    // A 2B.
    void voted(unsigned from, Ballot ballot, std::initializer_list<Range> instances,
               std::uint64_t decided_below = 0) {
        const std::uint64_t seen = instances.size() == 0 ? 0 : std::prev(instances.end())->end.value();
        step(Accepted{a(from), ballot, i(decided_below), i(seen), 1 << 20, ranges(instances)},
             acceptor(from));
    }
    struct Answer {
        std::vector<VoteEntry> entries;
        std::uint64_t decided_below = 0;
        std::uint64_t trimmed_below = 0;
        bool last = true;
    };
    void repair(unsigned from, const Answer& answer) {
        step(Repair{a(from), i(answer.trimmed_below), i(answer.decided_below), answer.last, answer.entries},
             acceptor(from));
    }
    static VoteEntry vote(std::uint64_t instance, Ballot v_rnd, std::string_view v_val) {
        return {i(instance), v_rnd, false, v(v_val)};
    }
    static VoteEntry decided(std::uint64_t instance, std::string_view v_val) {
        return {i(instance), Ballot{}, true, v(v_val)};
    }
    void tick_at(Time now) {
        now_ = now;
        outbox_.clear();
        learner_.tick(now, outbox_);
        learner_.check_invariants();
    }
    // Lets time pass until it asks; the ranges that it asks for.
    FewRanges asked() {
        for (int k = 0; k < 5; ++k) {
            tick_at(std::max(now_, learner_.deadline()));
            const auto requests = sent<RepairRequest>(outbox_);
            if (!requests.empty()) return requests[0].wanted;
        }
        return {};
    }
    void take() {
        while (const auto delivery = learner_.front()) {
            EXPECT_EQ(delivery->instance, i(delivered_.size()));
            delivered_.push_back(text(delivery->batch));
            learner_.pop();
        }
    }

    Learner learner_{options()};
    Outbox outbox_;
    Time now_ = ms(1000);
    std::vector<std::string> delivered_;
};

// ---- What is chosen ------------------------------------------------------------------------------------

TEST_F(LearnerTest, AValueThatAMajorityVotedForIsDelivered) {
    accept(b(1), 0, "x");
    voted(1, b(1), {range(0, 1)});
    EXPECT_THAT(delivered_, IsEmpty());
    voted(1, b(1), {range(0, 1)});
    EXPECT_THAT(delivered_, IsEmpty()) << "one acceptor is one, however often it says so";
    voted(3, b(1), {range(0, 1)});
    EXPECT_THAT(delivered_, ElementsAre("x"));
    EXPECT_EQ(learner_.delivered_below(), i(1));
}

TEST_F(LearnerTest, VotesMayComeBeforeTheValue) {
    voted(1, b(1), {range(0, 1)});
    voted(2, b(1), {range(0, 1)});
    EXPECT_THAT(delivered_, IsEmpty());
    accept(b(1), 0, "x");
    EXPECT_THAT(delivered_, ElementsAre("x"));
}

TEST_F(LearnerTest, InstancesAreDeliveredInTheirOrder) {
    for (const std::uint64_t k : {2, 0, 1})
        accept(b(1), k, std::to_string(k));
    voted(1, b(1), {range(0, 3)});
    voted(2, b(1), {range(1, 3)});
    EXPECT_THAT(delivered_, IsEmpty());
    voted(3, b(1), {range(0, 1)});
    EXPECT_THAT(delivered_, ElementsAre("0", "1", "2"));
}

TEST_F(LearnerTest, ANoOpIsDeliveredAsTheEmptyBatch) {
    accept(b(1), 0, "");
    voted(1, b(1), {range(0, 1)});
    voted(2, b(1), {range(0, 1)});
    EXPECT_THAT(delivered_, ElementsAre(""));
}

TEST_F(LearnerTest, AStrangersVoteDoesNotCount) {
    accept(b(1), 0, "x");
    voted(1, b(1), {range(0, 1)});
    voted(4, b(1), {range(0, 1)});
    voted(0, b(1), {range(0, 1)});
    EXPECT_THAT(delivered_, IsEmpty());
    repair(4, {.entries = {decided(0, "y")}});
    EXPECT_THAT(delivered_, IsEmpty());
}

// Rule 4: "A learner counts votes of one ballot at a time, the highest"
TEST_F(LearnerTest, VotesOfDifferentBallotsDoNotAddUpEvenForEqualValues) {
    accept(b(1), 0, "x");
    accept(b(2), 0, "x");
    voted(1, b(1), {range(0, 1)});
    voted(2, b(2), {range(0, 1)});
    EXPECT_THAT(delivered_, IsEmpty());
    voted(3, b(1), {range(0, 1)});
    EXPECT_THAT(delivered_, IsEmpty());
    voted(3, b(2), {range(0, 1)});
    EXPECT_THAT(delivered_, ElementsAre("x"));
}

TEST_F(LearnerTest, A2BOfALowerBallotThatComesLateIsStale) {
    accept(b(1), 0, "x");
    accept(b(2), 1, "y");
    voted(1, b(2), {range(1, 2)});
    voted(1, b(1), {range(0, 1)});  // overtaken
    voted(2, b(1), {range(0, 1)});
    EXPECT_THAT(delivered_, IsEmpty());
}

// Rule 4: "...and delivers only a value sent in that ballot or above." [A payload of b1 with votes of b2 is
// wrong.]
TEST_F(LearnerTest, AValueOfALowerBallotThanTheVotesIsNotDelivered) {
    accept(b(1), 0, "x");
    voted(1, b(2), {range(0, 1)});
    voted(2, b(2), {range(0, 1)});
    EXPECT_THAT(delivered_, IsEmpty());
    EXPECT_EQ(asked(), ranges({range(0, 1)})) << "it asks for the value of that ballot";
    repair(1, {.entries = {vote(0, b(2), "y")}});
    EXPECT_THAT(delivered_, ElementsAre("y"));
}

TEST_F(LearnerTest, AValueOfAHigherBallotThanTheVotesIsDelivered) {
    voted(1, b(1), {range(0, 1)});
    voted(2, b(1), {range(0, 1)});
    accept(b(2), 0, "x");  // whoever proposes in b2 has adopted what b1 chose
    EXPECT_THAT(delivered_, ElementsAre("x"));
}

TEST_F(LearnerTest, TheValueOfAnotherBallotMeanwhileIsNotTakenForIt) {
    accept(b(1), 0, "x");
    voted(1, b(3), {range(0, 1)});
    voted(2, b(3), {range(0, 1)});
    accept(b(2), 0, "y");
    EXPECT_THAT(delivered_, IsEmpty());
    EXPECT_EQ(asked(), ranges({range(0, 1)}));
    accept(b(3), 0, "z");
    EXPECT_THAT(delivered_, ElementsAre("z"));
}

// [A learner counted what lies before the first range of a 2B as settled: a hole filled later was never
// counted.]
TEST_F(LearnerTest, AHoleInA2BMayBeFilledLater) {
    for (std::uint64_t k = 0; k < 4; ++k)
        accept(b(1), k, std::to_string(k));
    voted(1, b(1), {range(1, 4)});
    voted(2, b(1), {range(1, 4)});
    EXPECT_THAT(delivered_, IsEmpty());
    voted(1, b(1), {range(0, 4)});
    voted(2, b(1), {range(0, 2), range(3, 4)});
    EXPECT_THAT(delivered_, ElementsAre("0", "1", "2", "3"));
}

TEST_F(LearnerTest, AHoleInTheMiddleOfA2BMayBeFilledLaterToo) {
    for (std::uint64_t k = 0; k < 6; ++k)
        accept(b(1), k, std::to_string(k));
    for (const unsigned from : {1u, 2u}) {
        voted(from, b(1), {range(0, 2), range(3, 4), range(5, 6)});
        voted(from, b(1), {range(0, 4), range(5, 6)});
    }
    EXPECT_THAT(delivered_, SizeIs(4));
    for (const unsigned from : {1u, 2u})
        voted(from, b(1), {range(4, 6)});
    EXPECT_THAT(delivered_, SizeIs(6));
}

TEST_F(LearnerTest, CountingBeginsAnewWithAHigherBallot) {
    accept(b(1), 0, "x");
    accept(b(1), 1, "y");
    voted(1, b(1), {range(0, 2)});
    accept(b(2), 0, "x");
    accept(b(2), 1, "y");
    voted(1, b(2), {range(0, 2)});
    voted(2, b(2), {range(0, 2)});
    EXPECT_THAT(delivered_, ElementsAre("x", "y"));
}

// ---- What the leader says ------------------------------------------------------------------------------

// "...have each acceptor respond ... to a distinguished learner, which in turn informs the other learners
// when a value has been chosen."
TEST_F(LearnerTest, TheLeadersWatermarkDecidesWhatWasSentInItsBallot) {
    accept(b(1), 0, "x");
    accept(b(1), 1, "y");
    beacon(b(1), range(0, 1), 2);
    EXPECT_THAT(delivered_, ElementsAre("x"));
    accept(b(1), 2, "z", range(0, 2));
    EXPECT_THAT(delivered_, ElementsAre("x", "y"));
}

// Rule 5. [A3 holds (1, b1, x) while A1, A2 decided (1, b2, y); "decided below 2" must not make it x.]
TEST_F(LearnerTest, TheLeadersWatermarkDecidesNothingThatWasSentInAnotherBallot) {
    accept(b(1), 0, "x");
    beacon(b(2), range(0, 1), 1);
    EXPECT_THAT(delivered_, IsEmpty());
    EXPECT_EQ(asked(), ranges({range(0, 1)}));
    repair(2, {.entries = {decided(0, "y")}});
    EXPECT_THAT(delivered_, ElementsAre("y"));
}

TEST_F(LearnerTest, AnAcceptorsWatermarkDecidesNothing) {
    accept(b(1), 0, "x");
    voted(1, b(1), {}, 1);
    voted(2, b(1), {}, 1);
    EXPECT_THAT(delivered_, IsEmpty());
}

// ---- What is missing -----------------------------------------------------------------------------------

TEST_F(LearnerTest, ALostValueIsAskedForWhenALaterOneComes) {
    accept(b(1), 2, "z");
    EXPECT_EQ(asked(), ranges({range(0, 2)}));
}

TEST_F(LearnerTest, AValueThatIsChosenAndNotHereIsAskedForAtOnce) {
    voted(1, b(1), {range(0, 1)});
    EXPECT_GT(learner_.deadline(), now_ + milliseconds(1)) << "one vote is no reason to hurry";
    voted(2, b(1), {range(0, 1)});
    EXPECT_LE(learner_.deadline(), now_ + microseconds(400));
    EXPECT_EQ(asked(), ranges({range(0, 1)}));
}

// "Tail loss: a receiver cannot see that the last datagram was lost. The leader sends a beacon"
TEST_F(LearnerTest, TheLostLastValueIsNoticedByTheBeacon) {
    beacon(b(1), range(0, 0), 1);
    EXPECT_EQ(asked(), ranges({range(0, 1)}));
    repair(1, {.entries = {vote(0, b(1), "x")}});
    EXPECT_THAT(delivered_, IsEmpty()) << "one vote";
    repair(2, {.entries = {vote(0, b(1), "x")}});
    EXPECT_THAT(delivered_, ElementsAre("x"));
}

TEST_F(LearnerTest, TheLostLastValueIsNoticedByThe2BsWhenTheLeaderIsDead) {
    voted(1, b(1), {range(0, 1)});
    EXPECT_EQ(learner_.deadline(), now_ + milliseconds(20));
    EXPECT_EQ(asked(), ranges({range(0, 1)}));
}

TEST_F(LearnerTest, WhatAcceptorsKnowToBeDecidedIsAskedFor) {
    voted(1, b(1), {}, 3);
    EXPECT_EQ(asked(), ranges({range(0, 3)}));
    repair(1, {.entries = {decided(0, "x")}, .decided_below = 5});
    EXPECT_THAT(delivered_, ElementsAre("x"));
    tick_at(now_ + milliseconds(30));
    EXPECT_EQ(asked(), ranges({range(1, 5)}));
}

// Rule 5: "Repairs answer with votes, which count as 2Bs do"
TEST_F(LearnerTest, RepairedVotesOfTwoBallotsDoNotAddUp) {
    beacon(b(2), range(0, 0), 1);
    repair(1, {.entries = {vote(0, b(1), "x")}});
    repair(2, {.entries = {vote(0, b(2), "x")}});
    EXPECT_THAT(delivered_, IsEmpty());
    repair(3, {.entries = {vote(0, b(2), "x")}});
    EXPECT_THAT(delivered_, ElementsAre("x"));
}

TEST_F(LearnerTest, RepairedVotesAddUpWith2Bs) {
    voted(1, b(1), {range(0, 1)});
    repair(2, {.entries = {vote(0, b(1), "x")}});
    EXPECT_THAT(delivered_, ElementsAre("x"));
}

TEST_F(LearnerTest, AVoteInNoBallotIsNone) {
    beacon(b(1), range(0, 0), 1);
    repair(1, {.entries = {{i(0), Ballot{}, false, v("x")}}});
    repair(2, {.entries = {{i(0), Ballot{}, false, v("x")}}});
    EXPECT_THAT(delivered_, IsEmpty());
}

TEST_F(LearnerTest, WhatItIsToldTwiceIsDeliveredOnce) {
    accept(b(1), 0, "x");
    for (int k = 0; k < 2; ++k) {
        voted(1, b(1), {range(0, 1)});
        voted(2, b(1), {range(0, 1)});
        accept(b(1), 0, "x", range(0, 1));
        repair(1, {.entries = {decided(0, "x")}});
        repair(1, {.entries = {vote(0, b(1), "x")}});
    }
    EXPECT_THAT(delivered_, ElementsAre("x"));
}

// "Catch-up: a learner that starts while or after the first client sends gets the whole sequence."
TEST_F(LearnerTest, ALateLearnerGetsEverythingFromTheFirstInstanceOn) {
    voted(1, b(1), {}, 100);  // the answer to its Hello
    std::uint64_t next = 0;
    for (int k = 0; k < 200 && next < 100; ++k) {
        const FewRanges wanted = asked();
        ASSERT_FALSE(wanted.empty());
        ASSERT_EQ(wanted[0].first, i(next));
        Answer answer{.decided_below = 100};
        std::vector<std::string> values;
        for (int n = 0; n < 7 && next < 100; ++n)
            values.push_back(std::to_string(next++));
        for (std::size_t n = 0; n < values.size(); ++n) {
            answer.entries.push_back(decided(next - values.size() + n, values[n]));
        }
        repair(1, answer);
        accept(b(1), 100 + static_cast<std::uint64_t>(k), "new", range(100, 100));  // while new values flow
    }
    ASSERT_THAT(delivered_, SizeIs(100));
    for (std::size_t k = 0; k < 100; ++k)
        EXPECT_EQ(delivered_[k], std::to_string(k));
    beacon(b(1), range(100, 105), 110);
    EXPECT_THAT(delivered_, SizeIs(105));
}

TEST_F(LearnerTest, NewValuesBeyondItsWindowDoNotFillItsMemory) {
    auto small = options();
    small.log.instances_max = 16;
    learner_ = Learner(small);
    for (std::uint64_t k = 1; k < 1000; ++k)
        accept(b(1), k, "x", range(0, k - 1));
    EXPECT_EQ(learner_.log().end(), i(16));
    EXPECT_EQ(asked(), ranges({range(0, 1)})) << "and nothing that it could not keep";
    repair(1, {.entries = {decided(0, "0"), decided(16, "beyond")}, .decided_below = 998});
    EXPECT_THAT(delivered_, SizeIs(16));
    EXPECT_EQ(asked(), ranges({range(16, 32)}));
    voted(1, b(1), {range(0, 100'000)});
    EXPECT_LE(learner_.log().end(), i(32));
}

TEST_F(LearnerTest, WhenItsMemoryIsFullItAsksForWhatComesNextOnly) {
    auto small = options();
    small.log.bytes_max = 1000;
    learner_ = Learner(small);
    for (std::uint64_t k = 3; k < 10; ++k)
        accept(b(1), k, std::string(300, 'x'));
    EXPECT_EQ(asked()[0], range(0, 3));
    accept(b(1), 0, std::string(900, 'x'));
    EXPECT_THAT(delivered_, IsEmpty());
    EXPECT_EQ(asked(), FewRanges{}) << "it is here; 1 and 2 would find no room";
    beacon(b(1), range(0, 1), 10);
    EXPECT_THAT(delivered_, SizeIs(1));
}

// Rule 2: "...never silence": what is forgotten everywhere is named.
TEST_F(LearnerTest, WhatEveryAcceptorInTouchHasForgottenIsNamed) {
    EXPECT_EQ(learner_.forgotten(now_), std::nullopt);
    voted(1, b(1), {}, 100);
    voted(2, b(1), {}, 100);
    asked();
    EXPECT_EQ(learner_.forgotten(now_), std::nullopt);
    repair(1, {.decided_below = 100, .trimmed_below = 50});
    EXPECT_EQ(learner_.forgotten(now_), std::nullopt) << "the other one may have it";
    repair(2, {.decided_below = 100, .trimmed_below = 1});
    EXPECT_EQ(learner_.forgotten(now_), i(0));
    repair(3, {.decided_below = 0, .trimmed_below = 0});
    EXPECT_EQ(learner_.forgotten(now_), std::nullopt);
    repair(3, {.decided_below = 100, .trimmed_below = 1});
    EXPECT_EQ(learner_.forgotten(now_), i(0));
    EXPECT_EQ(learner_.forgotten(now_ + milliseconds(5000)), std::nullopt) << "nobody is in touch";
    repair(3, {.entries = {decided(0, "x")}});
    EXPECT_EQ(learner_.forgotten(now_), std::nullopt);
}

// One that came back empty neither has it nor knows that it is to be had no more.
TEST_F(LearnerTest, WhatSomeHaveForgottenAndTheOthersDoNotGiveIsNamedInTheEnd) {
    voted(1, b(1), {}, 100);
    asked();
    const auto answer = [this] {
        repair(1, {.decided_below = 100, .trimmed_below = 50});
        repair(3, {.decided_below = 0, .trimmed_below = 0});
    };
    answer();
    now_ = now_ + milliseconds(4999);
    answer();
    EXPECT_EQ(learner_.forgotten(now_), std::nullopt);
    now_ = now_ + milliseconds(1);
    EXPECT_EQ(learner_.forgotten(now_), i(0));
    repair(3, {.entries = {vote(0, b(1), "x")}, .decided_below = 0});
    EXPECT_EQ(learner_.forgotten(now_), std::nullopt) << "votes help too";
}

TEST_F(LearnerTest, WhatIsNotMissingIsNotForgotten) {
    repair(1, {.trimmed_below = 50});
    repair(2, {.trimmed_below = 50});
    repair(3, {.trimmed_below = 50});
    EXPECT_EQ(learner_.forgotten(now_), std::nullopt);
}

// ---- Reports -------------------------------------------------------------------------------------------

class ReportTest : public LearnerTest {
protected:
    std::vector<LearnerStatus> reports() { return sent<LearnerStatus>(outbox_); }
};

TEST_F(ReportTest, AfterAnEighthOfItsWindowItTellsTheLeaderHowFarItIs) {
    auto small = options();
    small.window_bytes = 800;
    learner_ = Learner(small);
    accept(b(1, 2), 0, std::string(60, 'x'));
    EXPECT_THAT(reports(), IsEmpty());
    accept(b(1, 2), 1, std::string(60, 'x'), range(0, 1));
    ASSERT_THAT(reports(), SizeIs(1));
    EXPECT_EQ(reports()[0].learner, LearnerId{4});
    EXPECT_EQ(reports()[0].delivered_below, i(1));
    EXPECT_EQ(reports()[0].seen_below, i(2));
    EXPECT_EQ(reports()[0].window_bytes, 800u);
    EXPECT_EQ(destinations<LearnerStatus>(outbox_), std::vector{to(proposer(2))});
}

TEST_F(ReportTest, ALittleIsReportedAfterAWhileOrWhenTheLeaderIsQuiet) {
    accept(b(1), 0, "x");
    EXPECT_THAT(reports(), IsEmpty());
    EXPECT_LE(learner_.deadline(), now_ + milliseconds(100));
    beacon(b(1), range(0, 0), 1);
    EXPECT_THAT(reports(), SizeIs(1));
    beacon(b(1), range(0, 0), 1);
    EXPECT_THAT(reports(), SizeIs(1)) << "the last one may have been lost";
    accept(b(1), 1, "y");
    tick_at(now_ + milliseconds(100));
    EXPECT_THAT(reports(), SizeIs(1));
}

TEST_F(ReportTest, TheLearnerInsideAProposerReportsToNobody) {
    auto inside = options();
    inside.reports = false;
    learner_ = Learner(inside);
    accept(b(1), 0, "x");
    tick_at(now_ + milliseconds(200));
    EXPECT_THAT(reports(), IsEmpty());
    EXPECT_EQ(learner_.deadline(), kNever);
}

// ---- As a value ----------------------------------------------------------------------------------------

TEST_F(LearnerTest, ACopyIsEqualAndGoesItsOwnWay) {
    accept(b(1), 0, "x");
    voted(1, b(1), {range(0, 1)});
    const Learner copy = learner_;
    EXPECT_EQ(copy, learner_);
    EXPECT_EQ(copy.hash(), learner_.hash());
    voted(2, b(1), {range(0, 1)});
    EXPECT_FALSE(copy == learner_);
    EXPECT_NE(copy.hash(), learner_.hash());
    EXPECT_EQ(copy.delivered_below(), i(0));
}

TEST_F(LearnerTest, AnotherHistoryWithTheSameOutcomeLeavesTheSameLog) {
    accept(b(1), 0, "x");
    accept(b(1), 1, "y");
    voted(1, b(1), {range(0, 2)});
    voted(2, b(1), {range(0, 1)});
    const Learner first = learner_;
    learner_ = Learner(options());
    delivered_.clear();
    voted(2, b(1), {range(0, 1)});
    accept(b(1), 1, "y");
    voted(1, b(1), {range(0, 1)});
    voted(1, b(1), {range(0, 2)});
    accept(b(1), 0, "x");
    EXPECT_EQ(first.log(), learner_.log());
    EXPECT_EQ(first.votes(i(1)), learner_.votes(i(1)));
}

}  // namespace
}  // namespace synod::test

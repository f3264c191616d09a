// "Linearizable Quorum Reads in Paxos" (Charapko, Ailijiang, Demirbas, 2019): docs/safety.md, "A read".

#include "synod/core/quorum_read.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/acceptor_test.hpp"
#include "core/core_test.hpp"
#include "synod/core/learner.hpp"

namespace synod::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class QuorumReads : public testing::Test {
protected:
    // What it asks at the end of a step: the number, or 0.
    std::uint64_t asks(std::uint64_t delivered_below = 0) {
        outbox_.clear();
        reads_.flush(i(delivered_below), now_, outbox_);
        const auto queries = sent<ReadQuery>(outbox_);
        return queries.empty() ? 0 : queries[0].number;
    }
    void answer(unsigned acceptor, std::uint64_t number, std::uint64_t voted_below) {
        reads_.on(ReadIndex{a(acceptor), number, i(voted_below)});
    }

    QuorumRead reads_{3, 200};
    Outbox outbox_;
    Time now_ = ms(1000);
};

TEST_F(QuorumReads, AReadIsDoneWhenAllIsDeliveredThatAQuorumNames) {
    const std::uint64_t read = reads_.begin();
    EXPECT_EQ(asks(), read);
    answer(1, read, 5);
    EXPECT_EQ(asks(9), 0U);
    EXPECT_LT(reads_.done(), read);
    answer(3, read, 7);
    EXPECT_TRUE(reads_.waits_for_delivery());
    EXPECT_EQ(asks(6), 0U);
    EXPECT_LT(reads_.done(), read);
    EXPECT_EQ(asks(7), 0U);
    EXPECT_EQ(reads_.done(), read);
    EXPECT_EQ(reads_.deadline(), kNever);
}

TEST_F(QuorumReads, TwoAnswersOfOneAcceptorAreNoQuorum) {
    const std::uint64_t read = reads_.begin();
    asks();
    answer(2, read, 1);
    answer(2, read, 1);
    answer(4, read, 1);  // there is no such acceptor
    asks(1);
    EXPECT_LT(reads_.done(), read);
}

TEST_F(QuorumReads, WhatAnswersAnotherQuestionAnswersNothing) {
    const std::uint64_t read = reads_.begin();
    asks();
    answer(1, read - 1, 0);
    answer(2, read - 1, 0);
    answer(3, read + 1, 0);
    asks();
    EXPECT_LT(reads_.done(), read);
}

// The answers may have been given before it began.
TEST_F(QuorumReads, WhatBeginsWhileAQuestionIsUnderWayWaitsForTheNext) {
    const std::uint64_t first = reads_.begin();
    asks();
    const std::uint64_t second = reads_.begin();
    EXPECT_EQ(reads_.begin(), second);
    answer(1, first, 0);
    answer(2, first, 0);
    EXPECT_EQ(asks(), second);
    EXPECT_EQ(reads_.done(), first);
    answer(1, second, 0);
    answer(2, second, 0);
    EXPECT_EQ(asks(), 0U);
    EXPECT_EQ(reads_.done(), second);
}

TEST_F(QuorumReads, WhatBeginsTogetherIsOneQuestion) {
    const std::uint64_t read = reads_.begin();
    EXPECT_EQ(reads_.begin(), read);
    EXPECT_EQ(asks(), read);
    EXPECT_THAT(sent<ReadQuery>(outbox_), SizeIs(1));
}

TEST_F(QuorumReads, AQuestionIsAskedAgainUntilAQuorumHasAnswered) {
    const std::uint64_t read = reads_.begin();
    asks();
    EXPECT_EQ(asks(), 0U);
    for (int k = 0; k < 3; ++k) {
        now_ = reads_.deadline();
        EXPECT_EQ(asks(), read);
        EXPECT_GT(reads_.deadline(), now_);
    }
    answer(1, read, 9);
    answer(2, read, 9);
    now_ = reads_.deadline();
    EXPECT_EQ(asks(), 0U);
    EXPECT_EQ(reads_.deadline(), kNever);  // delivery is all that is missing
}

TEST(LearnerReads, ALearnerAsksAndWaitsUntilItHasHandedOver) {
    Learner learner({.id = LearnerId{4}, .log = {.chunk_bytes = 4096}, .repair = {}, .read_seed = 8});
    Outbox outbox;
    const std::uint64_t read = learner.begin_read();
    learner.flush(ms(1), outbox);
    ASSERT_THAT(sent<ReadQuery>(outbox), SizeIs(1));
    EXPECT_EQ(outbox.sends[0].to, Destination::to_group(Role::acceptor));
    for (const unsigned k : {1U, 2U})
        learner.on(ReadIndex{a(k), read, i(1)}, acceptor(k), ms(1), outbox);
    learner.flush(ms(1), outbox);
    EXPECT_LT(learner.reads().done(), read);

    learner.on(Accept{{b(1), i(0), i(0)}, i(0), v("x")}, proposer(1), ms(1), outbox);
    for (const unsigned k : {1U, 2U})
        learner.on(Accepted{a(k), b(1), i(0), i(1), 1 << 20, ranges({range(0, 1)})}, acceptor(k), ms(1),
                   outbox);
    learner.flush(ms(1), outbox);
    EXPECT_LT(learner.reads().done(), read);  // decided, and not handed over
    learner.pop();
    learner.flush(ms(1), outbox);
    EXPECT_EQ(learner.reads().done(), read);
}

using AcceptorReads = AcceptorTest;

TEST_F(AcceptorReads, AnAcceptorNamesAllThatItHasVotedFor) {
    accept(b(1), 0, "x");
    accept(b(1), 4, "y");
    step(ReadQuery{77}, learner(1));
    const auto answers = sent<ReadIndex>(outbox_);
    ASSERT_THAT(answers, SizeIs(1));
    EXPECT_EQ(answers[0].number, 77U);
    EXPECT_EQ(answers[0].voted_below, i(5));
}

TEST(ObserverReads, AnObserverHasForgottenItsVotesAndDoesNotAnswer) {
    Acceptor observer({.id = a(1), .incarnation = Incarnation{12}, .observer = true, .repair = {}});
    Outbox outbox;
    observer.on(ReadQuery{77}, learner(1), ms(1), outbox);
    EXPECT_THAT(outbox.sends, IsEmpty());
}

}  // namespace
}  // namespace synod::test

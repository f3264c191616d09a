#include "synod/server/majority.hpp"

#include <gtest/gtest.h>

#include <variant>

namespace synod::server {
namespace {

using testing::Test;

// One of three servers.
class MajorityTest : public Test {
protected:
    // A turn of the server: acceptors answer whatever is asked, and have voted below this.
    void turn(std::initializer_list<std::uint16_t> acceptors, std::uint64_t voted_below = 0) {
        majority_.ask(learner_, now_);
        Outbox outbox;
        learner_.flush(now_, outbox);
        for (const Send& send : outbox.sends) {
            if (const auto* query = std::get_if<ReadQuery>(&send.message)) asked_ = query->number;
        }
        for (const std::uint16_t acceptor : acceptors) {
            const Sender from{Role::acceptor, acceptor, Incarnation{acceptor}, {}};
            learner_.on(ReadIndex{AcceptorId{acceptor}, asked_, InstanceId{voted_below}}, from, now_, outbox);
        }
        learner_.flush(now_, outbox);
        majority_.look(learner_, now_);
    }
    void after(std::int64_t ms) { now_ = now_ + milliseconds(ms); }

    Time now_ = Time{} + milliseconds(1'000'000);
    Learner learner_{{.id = LearnerId{1}, .log = {.chunk_bytes = 4096}, .repair = {}}};
    Majority majority_{learner_, now_};
    std::uint64_t asked_ = 0;
};

TEST_F(MajorityTest, AnswersWhenTwoOfThreeDo) {
    turn({});
    EXPECT_FALSE(majority_.answers(now_));
    turn({1});
    EXPECT_FALSE(majority_.answers(now_));
    turn({3});
    EXPECT_TRUE(majority_.answers(now_));
}

TEST_F(MajorityTest, IsAskedAgainAfterASecondAndAnswersNoMoreAfterTwo) {
    turn({1, 2});
    const std::uint64_t first = asked_;
    EXPECT_EQ(majority_.deadline(), now_ + milliseconds(1000));
    after(999);
    turn({});
    EXPECT_EQ(asked_, first);
    after(1);
    turn({});
    EXPECT_NE(asked_, first);
    EXPECT_TRUE(majority_.answers(now_));
    after(1000);
    EXPECT_FALSE(majority_.answers(now_));
    turn({2, 3});
    EXPECT_TRUE(majority_.answers(now_));
}

TEST_F(MajorityTest, AComplaintComesAfterFiveSecondsAndOnceMoreWhenThereIsOneAgain) {
    turn({1});
    EXPECT_EQ(majority_.deadline(), now_ + milliseconds(5000));
    after(4999);
    turn({});
    EXPECT_FALSE(majority_.news(now_));
    after(1);
    turn({});
    EXPECT_TRUE(majority_.news(now_).value_or("").starts_with("no majority"));
    EXPECT_EQ(majority_.deadline(), kNever);
    after(100'000);
    turn({});
    EXPECT_FALSE(majority_.news(now_));
    turn({2});
    EXPECT_EQ(majority_.news(now_), "a majority of the servers answers again");
    EXPECT_FALSE(majority_.news(now_));
}

TEST_F(MajorityTest, ComplaintsAreAMinuteApart) {
    turn({});
    after(5000);
    EXPECT_TRUE(majority_.news(now_));
    turn({1, 2});
    EXPECT_TRUE(majority_.news(now_));
    after(1000);
    turn({});
    after(58'999);
    turn({});
    EXPECT_FALSE(majority_.news(now_));
    after(1);
    EXPECT_EQ(majority_.deadline(), now_);
    EXPECT_TRUE(majority_.news(now_));
}

TEST_F(MajorityTest, WhoWasItselfAwayDoesNotComplain) {
    turn({1, 2});
    after(100'000);
    turn({});
    EXPECT_FALSE(majority_.news(now_));
}

TEST_F(MajorityTest, ASnapshotOnItsWayIsNoReasonToComplain) {
    turn({});
    after(4999);
    majority_.excuse(now_);
    after(4999);
    EXPECT_FALSE(majority_.news(now_));
}

TEST_F(MajorityTest, WhatHasAnsweredStandsWhileASnapshotIsOnItsWay) {
    turn({1, 2}, 5);
    for (int k = 0; k < 10; ++k) {
        after(1000);
        turn({});
        majority_.excuse(now_);
        EXPECT_TRUE(majority_.answers(now_));
    }
    after(2000);
    EXPECT_FALSE(majority_.answers(now_));
}

TEST_F(MajorityTest, ASnapshotOnItsWayIsNoAnswer) {
    turn({1});
    majority_.excuse(now_);
    EXPECT_FALSE(majority_.answers(now_));
}

TEST_F(MajorityTest, AMarkIsWantedOnceWhenWhatWasNamedIsNotDecided) {
    turn({1, 2}, 5);
    EXPECT_TRUE(majority_.answers(now_));
    EXPECT_EQ(majority_.deadline(), now_ + milliseconds(1000));
    EXPECT_FALSE(majority_.take_mark(now_));
    after(1000);
    EXPECT_TRUE(majority_.take_mark(now_));
    EXPECT_FALSE(majority_.take_mark(now_));
    after(1000);
    turn({});
    EXPECT_FALSE(majority_.answers(now_));
    learner_.skip_to(InstanceId{5}, now_);
    turn({});
    EXPECT_TRUE(majority_.answers(now_));
}

TEST_F(MajorityTest, AMarkWaitsForASecondFromTheAnswerHoweverLateThatCame) {
    turn({1});
    after(3000);
    turn({2}, 5);
    EXPECT_FALSE(majority_.take_mark(now_));
    after(999);
    EXPECT_FALSE(majority_.take_mark(now_));
    after(1);
    EXPECT_TRUE(majority_.take_mark(now_));
}

TEST_F(MajorityTest, NoMarkIsWantedWhenNobodyAnswers) {
    turn({1});
    after(1000);
    EXPECT_FALSE(majority_.take_mark(now_));
}

}  // namespace
}  // namespace synod::server

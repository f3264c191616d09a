#include "synod/core/patience.hpp"

#include <gtest/gtest.h>

#include "core/core_test.hpp"

namespace synod::test {
namespace {

class PatienceTest : public testing::Test {
protected:
    void answered_after(Duration took) {
        patience_.sent(next_, now_);
        next_ = next_.next();
        now_ = now_ + took;
        patience_.answered_below(next_, now_);
    }

    Patience<InstanceId> patience_{milliseconds(4), milliseconds(50)};
    InstanceId next_;
    Time now_ = ms(10);
};

TEST_F(PatienceTest, BeforeTheFirstAnswerItIsTheLeast) {
    EXPECT_EQ(patience_.now(), milliseconds(4));
    patience_.begin_anew();
    EXPECT_EQ(patience_.now(), milliseconds(4));
}

TEST_F(PatienceTest, ItIsTwiceWhatTheQuickestAnswerTookBetweenItsBounds) {
    answered_after(milliseconds(10));
    EXPECT_EQ(patience_.now(), milliseconds(20));
    answered_after(milliseconds(20));
    EXPECT_EQ(patience_.now(), milliseconds(20)) << "one that had to wait for what was lost";
    answered_after(milliseconds(6));
    EXPECT_EQ(patience_.now(), milliseconds(12));
    answered_after(microseconds(100));
    EXPECT_EQ(patience_.now(), milliseconds(4));
}

TEST_F(PatienceTest, WhatWasQuickLongAgoIsForgotten) {
    answered_after(milliseconds(3));
    for (int k = 0; k < 32; ++k)
        answered_after(milliseconds(40));
    EXPECT_EQ(patience_.now(), milliseconds(50));
}

TEST_F(PatienceTest, ItGrowsInVainUntilAnAnswerToWhatWasSentOnce) {
    patience_.sent(i(0), now_);
    patience_.was_in_vain();
    patience_.sent_again(i(0));
    patience_.was_in_vain();
    patience_.sent_again(i(0));
    EXPECT_EQ(patience_.now(), milliseconds(16));
    patience_.answered_below(i(1), now_ + milliseconds(20));
    EXPECT_EQ(patience_.now(), milliseconds(16)) << "to which sending?";
    patience_.sent(i(1), now_ + milliseconds(20));
    patience_.answered_below(i(2), now_ + milliseconds(30));
    EXPECT_EQ(patience_.now(), milliseconds(20));
    for (int k = 0; k < 9; ++k)
        patience_.was_in_vain();
    EXPECT_EQ(patience_.now(), milliseconds(50));
    patience_.begin_anew();
    EXPECT_EQ(patience_.now(), milliseconds(20));
}

TEST_F(PatienceTest, ThatSomethingElseIsSentAgainDoesNotMatter) {
    patience_.sent(i(5), now_);
    patience_.sent(i(6), now_);
    patience_.sent_again(i(6));
    patience_.answered_below(i(5), now_ + milliseconds(1));
    patience_.answered_below(i(6), now_ + milliseconds(11));
    EXPECT_EQ(patience_.now(), milliseconds(22));
}

}  // namespace
}  // namespace synod::test

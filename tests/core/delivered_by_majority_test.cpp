#include "synod/core/delivered_by_majority.hpp"

#include <gtest/gtest.h>

#include "core/core_test.hpp"

namespace synod::test {
namespace {

class DeliveredByMajorityTest : public testing::Test {
protected:
    void heard(std::uint16_t learner, std::uint64_t below, std::uint64_t life = 1) {
        delivered_.heard(LearnerId{learner}, Incarnation{life}, i(below));
    }

    DeliveredByMajority delivered_{5};
};

TEST_F(DeliveredByMajorityTest, ItIsWhatTheThirdOfFiveHasWhoeverTheyAre) {
    heard(5, 70);
    heard(2, 50);
    EXPECT_EQ(delivered_.below(), i(0));
    heard(3, 60);
    EXPECT_EQ(delivered_.below(), i(50));
    heard(1, 90);
    EXPECT_EQ(delivered_.below(), i(60));
    heard(4, 10);
    EXPECT_EQ(delivered_.below(), i(60));
}

TEST_F(DeliveredByMajorityTest, OneThatSpeaksOftenIsOneAllTheSame) {
    for (const std::uint64_t below : {10U, 20U, 30U})
        heard(1, below);
    heard(2, 30);
    EXPECT_EQ(delivered_.below(), i(0));
}

TEST_F(DeliveredByMajorityTest, WhatComesLateTakesNothingBack) {
    for (const std::uint16_t learner : {1, 2, 3})
        heard(learner, 40);
    heard(2, 20);
    EXPECT_EQ(delivered_.below(), i(40));
}

TEST_F(DeliveredByMajorityTest, ANewLifeOfALearnerHasNothingOfTheOldOne) {
    for (const std::uint16_t learner : {1, 2, 3})
        heard(learner, 40);
    heard(2, 5, 2);
    EXPECT_EQ(delivered_.below(), i(5));
    heard(2, 0, 3);
    EXPECT_EQ(delivered_.below(), i(0));
}

TEST_F(DeliveredByMajorityTest, WhoCanBeNoneOfThemDoesNotCount) {
    for (const std::uint16_t learner : {16, 17, 65535})
        heard(learner, 40);
    EXPECT_EQ(delivered_.below(), i(0));
}

TEST_F(DeliveredByMajorityTest, OneAloneIsAMajorityOfOne) {
    DeliveredByMajority alone(1);
    alone.heard(LearnerId{1}, Incarnation{1}, i(7));
    EXPECT_EQ(alone.below(), i(7));
}

}  // namespace
}  // namespace synod::test

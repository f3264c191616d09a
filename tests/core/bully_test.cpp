#include "synod/core/bully.hpp"

#include <gtest/gtest.h>

#include "core/core_test.hpp"

namespace synod::test {
namespace {

constexpr Duration kShortPing = milliseconds(20);
constexpr Duration kShortSuspect = milliseconds(50);

class BullyTest : public testing::Test {
protected:
    Bully oracle_{{ProposerId{2}, kLife}, {.ping = kShortPing, .suspect = kShortSuspect, .seed = 1}, ms(1)};
    Standing standing_;
    Time now_ = ms(1);
    Outbox said_;  // since run_until began

    Advice run_until(Time end) {
        said_.clear();
        while (std::max(now_, oracle_.deadline(standing_)) < end) {
            now_ = std::max(now_, oracle_.deadline(standing_));
            const Advice advice = oracle_.advise(standing_, now_, said_);
            if (advice != Advice::go_on) return advice;
        }
        now_ = end;
        return Advice::go_on;
    }
    Advice run_for(Duration duration) { return run_until(now_ + duration); }
    template <typename M>
    void hear(unsigned id) {
        said_.clear();
        oracle_.on(M{}, proposer(id), now_, said_);
    }
    void follow(unsigned id) {
        run_for(milliseconds(1));
        hear<Coordinator>(id);
    }
    void lead() {
        ASSERT_EQ(run_for(milliseconds(100)), Advice::attempt);
        standing_ = {b(1, 2), true};
    }
};

TEST_F(BullyTest, WhoStartsCallsAnElection) {
    run_for(milliseconds(1));
    EXPECT_EQ(destinations<Election>(said_), std::vector{to_all(Role::proposer)});
}

TEST_F(BullyTest, WhomNobodyAnswersIsCoordinatorAndSaysSo) {
    EXPECT_EQ(run_for(milliseconds(100)), Advice::attempt);
    EXPECT_GE(now_, ms(1) + kShortPing);
    EXPECT_EQ(destinations<Coordinator>(said_), std::vector{to_all(Role::proposer)});
}

TEST_F(BullyTest, AnAnswerOfAHigherIdEndsTheElection) {
    run_for(milliseconds(1));
    hear<Answer>(3);
    EXPECT_EQ(run_for(kShortSuspect / 2), Advice::go_on);
    hear<Coordinator>(3);
    EXPECT_EQ(run_for(kShortSuspect / 2), Advice::go_on);
    EXPECT_TRUE(sent<Election>(said_).empty());
}

TEST_F(BullyTest, WhoAnsweredAndDoesNotBecomeCoordinatorIsNotWaitedForForEver) {
    run_for(milliseconds(1));
    hear<Answer>(3);
    EXPECT_EQ(run_for(milliseconds(1000)), Advice::attempt);
    EXPECT_GE(now_, ms(1) + kShortSuspect + kShortPing);
}

TEST_F(BullyTest, AnAnswerOfALowerIdIsNone) {
    run_for(milliseconds(1));
    hear<Answer>(1);
    EXPECT_EQ(run_for(kShortPing * 2), Advice::attempt);
}

TEST_F(BullyTest, ALowerIdThatCallsIsAnswered) {
    follow(3);
    hear<Election>(1);
    EXPECT_EQ(destinations<Answer>(said_), std::vector{to(proposer(1))});
    EXPECT_EQ(sent<Election>(said_).size(), 1u) << "and the election goes on upwards";
    hear<Election>(3);
    EXPECT_TRUE(said_.empty());
}

TEST_F(BullyTest, ACoordinatorGoesOnToLeadWhenALowerIdCalls) {
    lead();
    hear<Election>(1);
    EXPECT_EQ(sent<Answer>(said_).size(), 1u);
    EXPECT_EQ(sent<Coordinator>(said_).size(), 1u);
    EXPECT_EQ(run_for(milliseconds(1000)), Advice::go_on);
}

TEST_F(BullyTest, ALowerIdThatCoordinatesIsBullied) {
    follow(3);
    hear<Coordinator>(1);
    EXPECT_EQ(sent<Election>(said_).size(), 1u);
    EXPECT_EQ(run_for(kShortPing * 2), Advice::attempt);
}

TEST_F(BullyTest, AHigherIdThatComesBackTakesOver) {
    lead();
    hear<Coordinator>(3);
    EXPECT_EQ(run_for(milliseconds(1)), Advice::stand_down);
}

TEST_F(BullyTest, ASilentCoordinatorIsSucceeded) {
    follow(3);
    for (int k = 0; k < 100; ++k) {
        oracle_.on_alive(ProposerId{3}, now_);
        ASSERT_EQ(run_for(milliseconds(10)), Advice::go_on);
        ASSERT_TRUE(sent<Election>(said_).empty());
    }
    const Time silent = now_;
    EXPECT_EQ(run_for(milliseconds(1000)), Advice::attempt);
    EXPECT_GE(now_.since(silent), kShortSuspect);
    EXPECT_LE(now_.since(silent), kShortSuspect + kShortPing);
}

TEST_F(BullyTest, ACoordinatorSaysSoAsOftenAsItIsTold) {
    lead();
    run_for(kShortPing * 10 + milliseconds(1));
    EXPECT_EQ(sent<Coordinator>(said_).size(), 10u);
}

TEST_F(BullyTest, WhoWasAwayCallsAgainBeforeItCoordinates) {
    run_for(milliseconds(1));
    now_ = now_ + milliseconds(10'000);
    ASSERT_EQ(run_for(milliseconds(1)), Advice::go_on);
    EXPECT_EQ(sent<Election>(said_).size(), 1u);
    EXPECT_TRUE(sent<Coordinator>(said_).empty());
}

}  // namespace
}  // namespace synod::test

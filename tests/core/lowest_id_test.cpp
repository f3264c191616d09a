#include "synod/core/lowest_id.hpp"

#include <gtest/gtest.h>

#include "core/core_test.hpp"

namespace synod::test {
namespace {

constexpr Duration kQuickPing = milliseconds(20);
constexpr Duration kQuickSuspect = milliseconds(50);

class LowestIdTest : public testing::Test {
protected:
    LowestId oracle_{
        {ProposerId{2}, kLife}, {.ping = kQuickPing, .suspect = kQuickSuspect, .seed = 1}, ms(1)};
    Standing standing_;
    Time now_ = ms(1);
    unsigned pings_ = 0;

    Advice run_until(Time end) {
        while (std::max(now_, oracle_.deadline(standing_)) < end) {
            now_ = std::max(now_, oracle_.deadline(standing_));
            Outbox outbox;
            const Advice advice = oracle_.advise(standing_, now_, outbox);
            pings_ += static_cast<unsigned>(sent<Ping>(outbox).size());
            if (advice != Advice::go_on) return advice;
        }
        now_ = end;
        return Advice::go_on;
    }
    Advice run_for(Duration duration) { return run_until(now_ + duration); }
    void ping_of(unsigned id) {
        Outbox outbox;
        oracle_.on(Ping{}, proposer(id), now_, outbox);
    }
    Advice run_with_pings_of(unsigned id, Duration duration) {
        for (const Time end = now_ + duration; now_ < end;) {
            ping_of(id);
            const Advice advice = run_for(kQuickPing);
            if (advice != Advice::go_on) return advice;
        }
        return Advice::go_on;
    }
};

TEST_F(LowestIdTest, WhoHearsNobodyWithALowerIdLeads) {
    EXPECT_EQ(run_for(milliseconds(100)), Advice::attempt);
    EXPECT_LE(now_, ms(12));
}

TEST_F(LowestIdTest, HigherIdsAreNoReasonToWait) {
    EXPECT_EQ(run_with_pings_of(3, milliseconds(100)), Advice::attempt);
}

TEST_F(LowestIdTest, ALowerIdThatPingsKeepsTheOthersQuiet) {
    EXPECT_EQ(run_with_pings_of(1, milliseconds(5000)), Advice::go_on);
    EXPECT_EQ(run_for(milliseconds(100)), Advice::attempt) << "until it is silent";
    EXPECT_GE(now_, ms(5001 - 20) + kQuickSuspect);
}

TEST_F(LowestIdTest, ALowerIdThatComesBackTakesOver) {
    ASSERT_EQ(run_for(milliseconds(100)), Advice::attempt);
    standing_ = {b(1, 2), true};
    ASSERT_EQ(run_for(milliseconds(100)), Advice::go_on);
    ping_of(1);
    EXPECT_EQ(run_for(milliseconds(1)), Advice::stand_down) << "at once";
}

TEST_F(LowestIdTest, ItPingsAsOftenAsItIsTold) {
    standing_ = {b(1, 2), true};
    run_for(milliseconds(200));
    EXPECT_EQ(pings_, 10u);
}

TEST_F(LowestIdTest, ByItselfItPingsEveryTwoSecondsAndSuspectsAfterFive) {
    LowestId oracle({ProposerId{2}, kLife}, {}, ms(1));
    Outbox outbox;
    oracle.on_alive(ProposerId{1}, ms(1));
    EXPECT_EQ(oracle.advise({}, ms(1), outbox), Advice::go_on);
    EXPECT_EQ(oracle.deadline({}), ms(2001));
    EXPECT_EQ(oracle.advise({}, ms(2001), outbox), Advice::go_on);
    EXPECT_EQ(oracle.advise({}, ms(4001), outbox), Advice::go_on);
    EXPECT_EQ(oracle.deadline({}), ms(5001));
    EXPECT_EQ(oracle.advise({}, ms(5001), outbox), Advice::attempt);
}

TEST_F(LowestIdTest, WhoWasAwayItselfListensBeforeItTries) {
    run_with_pings_of(1, milliseconds(500));
    now_ = now_ + milliseconds(10'000);
    const Time back = now_;
    EXPECT_EQ(run_for(milliseconds(500)), Advice::attempt);
    EXPECT_GE(now_.since(back), kQuickSuspect);
}

TEST_F(LowestIdTest, WhoIsShutOutAgainAndAgainWaitsLonger) {
    Duration before;
    for (int k = 0; k < 5; ++k) {
        oracle_.on_shut_out(now_);
        const Time since = now_;
        ASSERT_EQ(run_for(milliseconds(1000)), Advice::attempt);
        EXPECT_GE(now_.since(since), milliseconds(5) * (1u << k));
        before = now_.since(since);
    }
    oracle_.on_progress(now_);
    oracle_.on_shut_out(now_);
    const Time since = now_;
    ASSERT_EQ(run_for(milliseconds(1000)), Advice::attempt);
    EXPECT_LT(now_.since(since), before);
}

}  // namespace
}  // namespace synod::test

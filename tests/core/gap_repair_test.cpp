// "Repair by NACK of ranges after a random 0..1 round trip", one request at a time.

#include "synod/core/gap_repair.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/core_test.hpp"

namespace synod::test {
namespace {

class GapRepairTest : public testing::Test {
protected:
    void poll() {
        outbox_.clear();
        repair_.poll(missing_, window_, acceptors_, now_, outbox_);
    }
    // Advances to the next request and returns where it goes.
    Destination next_request() {
        for (int k = 0; k < 3; ++k) {
            poll();
            const auto to = destinations<RepairRequest>(outbox_);
            if (!to.empty()) return to.at(0);
            now_ = std::max(now_, repair_.deadline());
        }
        ADD_FAILURE() << "no request";
        return {};
    }
    std::size_t requests() {
        poll();
        return sent<RepairRequest>(outbox_).size();
    }

    RangeSet missing_;
    Range window_{i(0), kInstanceEnd};
    AcceptorDirectory acceptors_;
    GapRepair repair_{{.seed = 1}};
    Outbox outbox_;
    Time now_ = ms(1000);
};

TEST_F(GapRepairTest, WhereNothingIsMissingNothingIsAsked) {
    EXPECT_EQ(requests(), 0u);
    EXPECT_EQ(repair_.deadline(), kNever);
}

TEST_F(GapRepairTest, ItWaitsALittleSinceADatagramMayOnlyBeLate) {
    missing_.add(range(3, 5));
    poll();
    EXPECT_LE(repair_.deadline().since(now_), microseconds(400));
    now_ = repair_.deadline();
    EXPECT_EQ(requests(), 1u);
    EXPECT_EQ(sent<RepairRequest>(outbox_)[0].wanted, ranges({range(3, 5)}));
    EXPECT_EQ(sent<RepairRequest>(outbox_)[0].budget_bytes, 256u << 10);
}

TEST_F(GapRepairTest, ThoseThatMissTheSameDoNotAskTogether) {
    std::set<std::uint64_t> dues;
    missing_.add(range(3, 5));
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        repair_ = GapRepair({.seed = seed});
        poll();
        dues.insert(repair_.deadline().ns);
    }
    EXPECT_GT(dues.size(), 18u);
}

TEST_F(GapRepairTest, WhatArrivesInTimeIsNotAskedFor) {
    missing_.add(range(3, 5));
    poll();
    missing_.clear();
    now_ = now_ + milliseconds(1);
    EXPECT_EQ(requests(), 0u);
    EXPECT_EQ(repair_.deadline(), kNever);
}

TEST_F(GapRepairTest, OnlyWhatLiesInTheWindowIsAskedFor) {
    missing_.add(range(3, 50));
    window_ = range(0, 10);
    next_request();
    EXPECT_EQ(sent<RepairRequest>(outbox_)[0].wanted, ranges({range(3, 10)}));
    window_ = range(0, 3);
    poll();
    EXPECT_EQ(repair_.deadline(), kNever);
}

TEST_F(GapRepairTest, WhoKnowsNoAcceptorAsksThemAll) {
    missing_.add(range(0, 1));
    EXPECT_EQ(next_request(), to_all(Role::acceptor));
}

TEST_F(GapRepairTest, EachRequestGoesToAnotherAcceptorInTouch) {
    acceptors_.heard(a(1), acceptor(1).endpoint, now_);
    acceptors_.heard(a(2), acceptor(2).endpoint, Time{});
    acceptors_.heard(a(3), acceptor(3).endpoint, now_);
    missing_.add(range(0, 1));
    const Destination first = next_request();
    const Destination second = next_request();
    EXPECT_EQ((std::set{first.endpoint, second.endpoint}),
              (std::set{acceptor(1).endpoint, acceptor(3).endpoint}));
    EXPECT_EQ(next_request(), first);
}

TEST_F(GapRepairTest, ItAsksAgainEverMoreSeldom) {
    missing_.add(range(0, 1));
    Duration bound = milliseconds(3);
    next_request();
    for (int k = 0; k < 12; ++k) {
        const Duration wait = repair_.deadline().since(now_);
        EXPECT_GE(wait, bound);
        EXPECT_LE(wait, bound + bound / 2);
        bound = std::min(bound * 2, milliseconds(100));
        EXPECT_EQ(requests(), 0u);
        next_request();
    }
}

TEST_F(GapRepairTest, AUsefulAnswerIsFollowedByTheNextRequestAtOnce) {
    missing_.add(range(0, 100));
    next_request();
    next_request();
    repair_.on_answer(true, false, now_);
    EXPECT_GE(repair_.deadline().since(now_), milliseconds(3)) << "more pages are to come";
    repair_.on_answer(true, true, now_);
    EXPECT_EQ(repair_.deadline(), now_);
    EXPECT_EQ(requests(), 1u);
    EXPECT_LE(repair_.deadline().since(now_), milliseconds(5)) << "its patience is as short as at first";
}

// An acceptor may find that it has said all only after it has sent the last page with anything in it.
TEST_F(GapRepairTest, ThePageThatEndsAUsefulAnswerMayBeEmpty) {
    missing_.add(range(0, 100));
    next_request();
    repair_.on_answer(true, false, now_);
    repair_.on_answer(false, true, now_);
    EXPECT_EQ(repair_.deadline(), now_);
    EXPECT_EQ(requests(), 1u);
    const Time due = repair_.deadline();
    repair_.on_answer(false, true, now_);
    EXPECT_EQ(repair_.deadline(), due) << "of this request nothing useful has come";
}

TEST_F(GapRepairTest, AnAnswerThatBringsNothingIsNoAnswer) {
    missing_.add(range(0, 100));
    next_request();
    const Time due = repair_.deadline();
    repair_.on_answer(false, true, now_);
    EXPECT_EQ(repair_.deadline(), due);
    missing_.clear();
    poll();
    repair_.on_answer(true, true, now_);
    EXPECT_EQ(repair_.deadline(), kNever) << "nothing is missing any more";
}

TEST_F(GapRepairTest, ACopyGoesOnAlike) {
    missing_.add(range(0, 1));
    next_request();
    GapRepair copy = repair_;
    EXPECT_EQ(copy, repair_);
    now_ = repair_.deadline();
    poll();
    EXPECT_FALSE(copy == repair_);
    copy.poll(missing_, window_, acceptors_, now_, outbox_);
    EXPECT_EQ(copy, repair_);
}

TEST(AcceptorDirectory, WhoWasHeardInTheLastSecondIsInTouch) {
    AcceptorDirectory acceptors;
    EXPECT_FALSE(acceptors.in_touch(a(1), ms(0)));
    acceptors.heard(a(1), acceptor(1).endpoint, ms(10));
    EXPECT_TRUE(acceptors.in_touch(a(1), ms(1010)));
    EXPECT_FALSE(acceptors.in_touch(a(1), ms(1011)));
    AcceptorId asked;
    EXPECT_EQ(acceptors.next(asked, ms(1011)), Endpoint{});
    EXPECT_EQ(acceptors.endpoint(a(1)), acceptor(1).endpoint);
}

}  // namespace
}  // namespace synod::test

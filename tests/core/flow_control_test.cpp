// "Open-loop multicast overruns socket buffers, so everything is closed" (docs/protocol.md, "Flow control").

#include "synod/core/flow_control.hpp"

#include <gtest/gtest.h>

#include "core/core_test.hpp"

namespace synod::test {
namespace {

class FlowControlTest : public testing::Test {
protected:
    static constexpr std::uint32_t kWindow = 10'000;
    static constexpr std::size_t kBytes = 488;  // with what a datagram costs beyond its bytes, 1,000

    void SetUp() override { flow_.begin(i(0)); }
    // Sends until it may not; returns how many.
    unsigned send_all() {
        unsigned count = 0;
        for (; flow_.may_send(now_) && count < 1000; ++count)
            send();
        return count;
    }
    void send() {
        flow_.sent(next_, kBytes);
        next_ = next_.next();
    }
    void acceptor_saw(std::uint64_t below, std::uint32_t window = kWindow) {
        flow_.heard(Role::acceptor, 1, i(below), window, now_);
    }
    void learner_saw(std::uint64_t below, std::uint32_t window = kWindow) {
        flow_.heard(Role::learner, 1, i(below), window, now_);
    }

    FlowControl flow_{{.window_bytes = kWindow, .in_touch = milliseconds(1000)}};
    InstanceId next_;
    Time now_ = ms(100);
};

TEST_F(FlowControlTest, NoMoreThanAWindowIsUndecided) {
    EXPECT_TRUE(flow_.is_idle());
    EXPECT_EQ(send_all(), 10u);
    EXPECT_FALSE(flow_.is_idle());
    flow_.decided(i(3));
    EXPECT_EQ(send_all(), 3u);
    flow_.decided(next_);
    EXPECT_TRUE(flow_.is_idle());
}

TEST_F(FlowControlTest, NoMoreThanAWindowIsUnseenByWhoIsInTouch) {
    learner_saw(0);
    for (int k = 0; k < 10; ++k)
        send();
    flow_.decided(next_);
    EXPECT_FALSE(flow_.may_send(now_));
    learner_saw(4);
    EXPECT_EQ(send_all(), 4u);
    learner_saw(2);  // a late datagram
    EXPECT_FALSE(flow_.may_send(now_));
}

TEST_F(FlowControlTest, TheSlowestReceiverCounts) {
    learner_saw(0);
    acceptor_saw(0);
    for (int k = 0; k < 10; ++k)
        send();
    flow_.decided(next_);
    learner_saw(10);
    EXPECT_FALSE(flow_.may_send(now_));
    acceptor_saw(10);
    EXPECT_TRUE(flow_.may_send(now_));
}

TEST_F(FlowControlTest, AReceiversOwnWindowMayBeSmaller) {
    learner_saw(0, 3000);
    EXPECT_EQ(send_all(), 3u);
    learner_saw(1, 3000);
    EXPECT_EQ(send_all(), 1u);
}

TEST_F(FlowControlTest, AReceiverWithASmallWindowThatHasSeenAllHoldsNobodyBack) {
    learner_saw(0, 0);
    EXPECT_EQ(send_all(), 1u);
    learner_saw(1, 0);
    EXPECT_TRUE(flow_.may_send(now_));
}

TEST_F(FlowControlTest, WhoIsSilentForLongHoldsNobodyBack) {
    learner_saw(0);
    for (int k = 0; k < 10; ++k)
        send();
    flow_.decided(next_);
    now_ = now_ + milliseconds(999);
    EXPECT_FALSE(flow_.may_send(now_));
    now_ = now_ + milliseconds(1);
    EXPECT_TRUE(flow_.may_send(now_));
}

TEST_F(FlowControlTest, WhoFellBehindCountsAgainWhenItHasCaughtUp) {
    learner_saw(0);
    for (int k = 0; k < 10; ++k)
        send();
    now_ = now_ + milliseconds(1000);
    for (int k = 0; k < 10; ++k)
        send();
    flow_.decided(next_);
    learner_saw(1);  // catching up, a window and more behind
    EXPECT_TRUE(flow_.may_send(now_));
    learner_saw(11);
    EXPECT_TRUE(flow_.may_send(now_));
    send();
    flow_.decided(next_);
    EXPECT_FALSE(flow_.may_send(now_)) << "now it keeps up again, and counts";
}

TEST_F(FlowControlTest, ALateLearnerHoldsNobodyBackBeforeItHasCaughtUp) {
    for (int k = 0; k < 50; ++k)
        send();
    flow_.decided(next_);
    learner_saw(0);
    EXPECT_TRUE(flow_.may_send(now_));
}

TEST_F(FlowControlTest, ANewReignForgetsTheOldOne) {
    learner_saw(0, 1000);
    for (int k = 0; k < 10; ++k)
        send();
    flow_.begin(i(7));
    next_ = i(7);
    EXPECT_TRUE(flow_.is_idle());
    EXPECT_EQ(send_all(), 10u);
    flow_.decided(i(9));
    EXPECT_EQ(send_all(), 2u);
}

TEST_F(FlowControlTest, LongReignsAreRemembered) {
    for (int k = 0; k < 200'000; ++k) {
        send();
        flow_.decided(next_);
    }
    EXPECT_TRUE(flow_.is_idle());
    learner_saw(next_.value());
    EXPECT_EQ(send_all(), 10u);
    learner_saw(next_.value() - 4);
    flow_.decided(next_);
    EXPECT_EQ(send_all(), 6u);
}

}  // namespace
}  // namespace synod::test

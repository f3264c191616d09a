#include "synod/sim/event_queue.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "synod/sim/random.hpp"

namespace synod::sim {
namespace {

Event arrival(std::uint32_t datagram) {
    return {Event::Kind::arrival, 0, 0, datagram};
}

TEST(EventQueue, OfOneTimeComesFirstWhatWasPlannedFirst) {
    EventQueue queue(2);
    queue.add(Time{5}, arrival(1));
    queue.wake(1, Time{5});
    queue.wake(0, Time{5});
    queue.add(Time{5}, arrival(2));
    EXPECT_EQ(queue.pop().datagram, 1u);
    EXPECT_EQ(queue.pop().process, 1u);
    EXPECT_EQ(queue.pop().kind, Event::Kind::wake);
    EXPECT_EQ(queue.pop().datagram, 2u);
    EXPECT_EQ(queue.next_at(), kNever);
}

TEST(EventQueue, AProcessHasOneStepPlannedAtMost) {
    EventQueue queue(3);
    queue.wake(1, Time{3});
    queue.wake(1, Time{9});
    queue.wake(2, Time{7});
    EXPECT_EQ(queue.next_at(), Time{7});
    EXPECT_EQ(queue.pop().process, 2u);
    EXPECT_EQ(queue.wake_at(2), kNever);
    queue.wake(1, kNever);
    EXPECT_EQ(queue.next_at(), kNever);
}

TEST(EventQueue, HandsOverAllDatagramsInTheOrderOfTheirTimes) {
    Random random(1);
    EventQueue queue(1);
    std::vector<std::pair<std::uint64_t, std::uint32_t>> expected;
    for (std::uint32_t k = 0; k < 1000; ++k) {
        expected.emplace_back(random.below(100), k);
        queue.add(Time{expected.back().first}, arrival(k));
    }
    std::sort(expected.begin(), expected.end());
    for (const auto& [at, datagram] : expected) {
        EXPECT_EQ(queue.next_at(), Time{at});
        EXPECT_EQ(queue.pop().datagram, datagram);
    }
}

}  // namespace
}  // namespace synod::sim

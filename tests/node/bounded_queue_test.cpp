#include "synod/node/bounded_queue.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <memory>
#include <thread>
#include <vector>

namespace synod::node {
namespace {

bool readable(int fd, int timeout_ms) {
    pollfd event{fd, POLLIN, 0};
    return poll(&event, 1, timeout_ms) == 1;
}

TEST(BoundedQueue, WhatIsTakenStillCountsUntilItIsReleased) {
    BoundedQueue<int> queue(100);
    std::vector<int> taken;
    EXPECT_TRUE(queue.put(1, 60));
    EXPECT_FALSE(queue.put(2, 41));
    EXPECT_TRUE(queue.put(3, 40));
    queue.take_all(taken);
    EXPECT_EQ(taken, (std::vector<int>{1, 3}));

    EXPECT_FALSE(queue.put(4, 1));
    queue.release(60);
    EXPECT_TRUE(queue.put(5, 60));
    queue.take_all(taken);
    EXPECT_EQ(taken, (std::vector<int>{1, 3, 5}));
}

TEST(BoundedQueue, WhatIsRefusedStaysWithItsOwner) {
    BoundedQueue<std::unique_ptr<int>> queue(10);
    auto item = std::make_unique<int>(7);
    EXPECT_FALSE(queue.put(std::move(item), 11));
    ASSERT_NE(item, nullptr);  // NOLINT(bugprone-use-after-move): that is what is tested
    queue.close();
    EXPECT_FALSE(queue.put(std::move(item), 1));
    EXPECT_NE(item, nullptr);  // NOLINT(bugprone-use-after-move)
}

TEST(BoundedQueue, ItsDescriptorIsReadableWhileThereIsSomethingToTake) {
    BoundedQueue<int> queue(10);
    std::vector<int> taken;
    EXPECT_FALSE(readable(queue.fd(), 0));
    for (int round = 0; round < 2; ++round) {
        EXPECT_TRUE(queue.put(1, 1));
        EXPECT_TRUE(queue.put(2, 1));
        EXPECT_TRUE(readable(queue.fd(), 0));
        queue.take_all(taken);
        EXPECT_FALSE(readable(queue.fd(), 0));
    }
    EXPECT_EQ(taken, (std::vector<int>{1, 2, 1, 2}));
}

TEST(BoundedQueue, NoneOfWhatManyThreadsPutIsLostOrLeftAsleep) {
    constexpr std::size_t kThreads = 4;
    constexpr std::size_t kEach = 2000;
    BoundedQueue<int> queue(kThreads * kEach);
    std::vector<std::thread> writers;
    writers.reserve(kThreads);
    for (std::size_t t = 0; t < kThreads; ++t) {
        writers.emplace_back([&queue] {
            for (std::size_t k = 0; k < kEach; ++k)
                EXPECT_TRUE(queue.put(1, 1));
        });
    }
    std::vector<int> taken;
    while (taken.size() < kThreads * kEach && readable(queue.fd(), 10'000))
        queue.take_all(taken);
    for (std::thread& writer : writers)
        writer.join();
    EXPECT_EQ(taken.size(), kThreads * kEach);
}

}  // namespace
}  // namespace synod::node

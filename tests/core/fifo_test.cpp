#include "synod/core/fifo.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <utility>
#include <vector>

namespace synod {
namespace {

TEST(Fifo, HoldsWhatADequeHoldsWhateverComesAndGoes) {
    Fifo<int> fifo;
    std::deque<int> deque;
    for (int k = 0; k < 10'000; ++k) {
        const bool grow = k * 7919 % 97 < (k / 1000 % 2 == 0 ? 70 : 30);
        if (grow || deque.empty()) {
            fifo.push_back(k);
            deque.push_back(k);
        } else {
            fifo.pop_front();
            deque.pop_front();
        }
        ASSERT_TRUE(std::equal(fifo.begin(), fifo.end(), deque.begin(), deque.end()));
        ASSERT_EQ(fifo.empty(), deque.empty());
        if (deque.empty()) continue;
        ASSERT_EQ(fifo.front(), deque.front());
        ASSERT_EQ(std::as_const(fifo).back(), deque.back());
        fifo.back() = deque.back() = -k;
        ASSERT_EQ(fifo[fifo.size() / 2], deque[deque.size() / 2]);
    }
}

TEST(Fifo, StaysInItsMemoryHoweverManyPassThroughIt) {
    Fifo<std::unique_ptr<int>> fifo;
    const auto pass = [&fifo](int count) {
        std::vector<const std::unique_ptr<int>*> places;
        for (int k = 0; k < count; ++k) {
            fifo.push_back(std::make_unique<int>(k));
            if (fifo.size() > 10) fifo.pop_front();
            places.push_back(&fifo.back());
        }
        const auto [lowest, highest] = std::minmax_element(places.begin(), places.end());
        return *highest - *lowest;
    };
    pass(1000);
    EXPECT_LE(pass(100'000), 64);
}

TEST(Fifo, ComparesWhatItHoldsNotWhatItHasHeld) {
    Fifo<int> a;
    Fifo<int> b;
    for (const int k : {1, 2, 3})
        a.push_back(k);
    a.pop_front();
    b.push_back(2);
    EXPECT_FALSE(a == b);
    b.push_back(3);
    EXPECT_TRUE(a == b);
}

}  // namespace
}  // namespace synod

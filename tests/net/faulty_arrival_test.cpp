#include "synod/net/faulty_arrival.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace synod::net::test {
namespace {

// Datagrams 0, 1, 2, ... of one sender, each of which holds its number.
struct Line {
    explicit Line(FaultInjection::Rates rates, std::uint64_t seed = 1)
        : faults(rates, seed, 1), arrival(faults) {}

    auto deliver() {
        return [this](std::span<const std::byte> datagram, Address from) {
            EXPECT_EQ(from, (Address{1, 2}));
            got.push_back(static_cast<std::uint64_t>(datagram[0]));
        };
    }
    void arrive(std::uint64_t now_ns = 0) {
        const auto number = static_cast<std::byte>(sent);
        arrival.arrive(9, sent++, {&number, 1}, {1, 2}, now_ns, deliver());
    }

    FaultInjection faults;
    FaultyArrival arrival;
    std::uint64_t sent = 0;
    std::vector<std::uint64_t> got;
};

TEST(FaultyArrival, WithoutFaultsEverythingArrivesAtOnceAndInOrder) {
    Line line({});
    for (int k = 0; k < 100; ++k) {
        line.arrive();
        EXPECT_EQ(line.got.size(), line.sent);
    }
    EXPECT_TRUE(std::is_sorted(line.got.begin(), line.got.end()));
    EXPECT_EQ(line.arrival.deadline_ns(), FaultyArrival::kNever);
}

TEST(FaultyArrival, WhatIsLostNeverArrives) {
    Line line({0.5, 0, 0});
    for (int k = 0; k < 200; ++k)
        line.arrive();
    EXPECT_EQ(line.got.size() + line.arrival.counters().dropped, 200U);
    for (const std::uint64_t number : line.got)
        EXPECT_FALSE(line.faults.decide(9, number).drop);
}

TEST(FaultyArrival, WhatIsRepeatedArrivesTwice) {
    Line line({0, 0.5, 0});
    for (int k = 0; k < 200; ++k)
        line.arrive();
    EXPECT_EQ(line.got.size(), 200 + line.arrival.counters().repeated);
    for (std::uint64_t number = 0; number < 200; ++number) {
        EXPECT_EQ(std::count(line.got.begin(), line.got.end(), number), line.faults.decide(9, number).copies);
    }
}

TEST(FaultyArrival, WhatIsReorderedArrivesAfterAsManyLaterOnesAsItsFateSays) {
    Line line({0, 0, 0.5});
    std::vector<std::uint64_t> arrived_with(200);
    for (int k = 0; k < 200; ++k) {
        const std::size_t before = line.got.size();
        line.arrive();
        for (std::size_t g = before; g < line.got.size(); ++g)
            arrived_with[line.got[g]] = line.sent - 1;
    }
    for (std::uint64_t number = 0; number + Fate::kDelayMax < 200; ++number) {
        EXPECT_EQ(arrived_with[number], number + line.faults.decide(9, number).delay);
    }
    EXPECT_FALSE(std::is_sorted(line.got.begin(), line.got.end()));
}

TEST(FaultyArrival, WhatIsHeldArrivesAtTheDeadlineWhenNothingFollows) {
    Line line({0, 0, 1});
    line.arrive(1000);
    EXPECT_TRUE(line.got.empty());
    const std::uint64_t deadline = line.arrival.deadline_ns();
    EXPECT_EQ(deadline, 1000 + FaultyArrival::kHoldNsMax);
    line.arrival.release_due(deadline - 1, line.deliver());
    EXPECT_TRUE(line.got.empty());
    line.arrival.release_due(deadline, line.deliver());
    EXPECT_EQ(line.got, std::vector<std::uint64_t>{0});
    EXPECT_EQ(line.arrival.deadline_ns(), FaultyArrival::kNever);
}

TEST(FaultyArrival, AllFaultsTogetherLoseOnlyWhatIsDropped) {
    Line line({0.2, 0.2, 0.5});
    for (int k = 0; k < 250; ++k)
        line.arrive();
    line.arrival.release_due(FaultyArrival::kHoldNsMax, line.deliver());
    for (std::uint64_t number = 0; number < 250; ++number) {
        const Fate fate = line.faults.decide(9, number);
        EXPECT_EQ(std::count(line.got.begin(), line.got.end(), number), fate.drop ? 0U : fate.copies);
    }
}

}  // namespace
}  // namespace synod::net::test

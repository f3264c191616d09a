#include "synod/net/fault_injection.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace synod::net::test {
namespace {

constexpr std::uint64_t kDatagrams = 100'000;

// Within five standard deviations of a binomial distribution.
void expect_rate(std::uint64_t count, double p) {
    const double n = kDatagrams;
    EXPECT_NEAR(static_cast<double>(count), n * p, 5 * std::sqrt(n * p * (1 - p)));
}

FaultInjection faults(double loss, double duplicate, double reorder, std::uint64_t seed = 1,
                      std::uint64_t receiver = 1) {
    return {{loss, duplicate, reorder}, seed, receiver};
}

TEST(FaultInjection, WithoutRatesNothingHappens) {
    EXPECT_FALSE(FaultInjection().active());
    for (std::uint64_t k = 0; k < 1000; ++k)
        EXPECT_EQ(FaultInjection().decide(1, k), Fate{});
}

TEST(FaultInjection, EachFaultComesAtItsRate) {
    const FaultInjection injection = faults(0.1, 0.02, 0.3);
    std::uint64_t dropped = 0, repeated = 0, reordered = 0, both = 0;
    for (std::uint64_t k = 0; k < kDatagrams; ++k) {
        const Fate fate = injection.decide(7, k);
        dropped += fate.drop;
        repeated += fate.copies == 2;
        reordered += fate.delay > 0;
        both += fate.drop && fate.delay > 0;
        EXPECT_LE(fate.delay, Fate::kDelayMax);
    }
    expect_rate(dropped, 0.1);
    expect_rate(repeated, 0.02);
    expect_rate(reordered, 0.3);
    expect_rate(both, 0.1 * 0.3);
}

TEST(FaultInjection, CertaintyIsCertain) {
    for (std::uint64_t k = 0; k < 1000; ++k) {
        EXPECT_TRUE(faults(1, 0, 0).decide(1, k).drop);
        EXPECT_EQ(faults(0, 1, 0).decide(1, k).copies, 2U);
        EXPECT_GT(faults(0, 0, 1).decide(1, k).delay, 0U);
    }
}

TEST(FaultInjection, TheSameSeedGivesTheSameFates) {
    const FaultInjection once = faults(0.2, 0.2, 0.2, 42, 3);
    const FaultInjection again = faults(0.2, 0.2, 0.2, 42, 3);
    for (std::uint64_t k = 0; k < 1000; ++k)
        EXPECT_EQ(once.decide(5, k), again.decide(5, k));
}

// How many datagrams both lose.
std::uint64_t lost_by_both(const FaultInjection& a, std::uint64_t from_a, const FaultInjection& b,
                           std::uint64_t from_b, std::uint64_t shift = 0) {
    std::uint64_t both = 0;
    for (std::uint64_t k = 0; k < kDatagrams; ++k) {
        both += a.decide(from_a, k).drop && b.decide(from_b, k + shift).drop;
    }
    return both;
}

TEST(FaultInjection, ReceiversLoseIndependently) {
    expect_rate(lost_by_both(faults(0.3, 0, 0, 9, 1), 4, faults(0.3, 0, 0, 9, 2), 4), 0.09);
}

TEST(FaultInjection, SendersSeedsAndNeighboursAreIndependent) {
    const FaultInjection injection = faults(0.3, 0, 0, 9, 1);
    expect_rate(lost_by_both(injection, 4, injection, 5), 0.09);
    expect_rate(lost_by_both(injection, 4, faults(0.3, 0, 0, 10, 1), 4), 0.09);
    expect_rate(lost_by_both(injection, 4, injection, 4, 1), 0.09);
    // None of the three can stand for another.
    expect_rate(lost_by_both(faults(0.3, 0, 0, 1, 2), 4, faults(0.3, 0, 0, 2, 1), 4), 0.09);
    expect_rate(lost_by_both(faults(0.3, 0, 0, 9, 1), 2, faults(0.3, 0, 0, 9, 2), 1), 0.09);
}

}  // namespace
}  // namespace synod::net::test

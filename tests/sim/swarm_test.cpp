#include "synod/sim/swarm.hpp"

#include <gtest/gtest.h>

namespace synod::sim {
namespace {

TEST(Swarm, FindsNothingWrongInTheFixedSeeds) {
    constexpr std::uint64_t kSeeds = 200;
    std::uint64_t faulty = 0;
    std::uint64_t live = 0;
    std::uint64_t values = 0;
    std::uint64_t simulated_ns = 0;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        const Result result = run_seed(seed, {});
        EXPECT_EQ(result.failure, "");
        faulty += result.faulty;
        live += result.live;
        values += result.values_delivered;
        simulated_ns += result.simulated.ns;
    }
    // A swarm in which hardly anything happens finds nothing.
    EXPECT_GE(faulty, kSeeds * 9 / 10);
    EXPECT_GE(live, kSeeds * 8 / 10);
    EXPECT_GE(values, 1000 * simulated_ns / 60'000'000'000);
}

TEST(Swarm, TheSameSeedIsTheSameHistory) {
    for (std::uint64_t seed = 1000; seed < 1020; ++seed) {
        const Result once = run_seed(seed, {});
        const Result again = run_seed(seed, {});
        EXPECT_EQ(once.hash, again.hash) << seed;
        EXPECT_EQ(once.events, again.events) << seed;
        EXPECT_EQ(once.failure, "") << seed;
    }
}

}  // namespace
}  // namespace synod::sim

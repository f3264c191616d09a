#pragma once

#include <cstdint>
#include <string>

#include "synod/core/time.hpp"
#include "synod/sim/coverage.hpp"
#include "synod/sim/plan.hpp"

namespace synod::sim {

struct SwarmOptions {
    // In the healed phase everything must be delivered within this time.
    Duration heal_bound = kHealBound;
};

// What one history came to.
struct Result {
    std::uint64_t seed = 0;
    std::uint64_t hash = 0;  // of the whole history
    std::uint64_t events = 0;
    Duration simulated;
    std::uint64_t instances_chosen = 0;
    std::uint64_t values_delivered = 0;
    bool faulty = false;
    bool live = false;      // enough was left for everything to be delivered, and so it was asked for
    Duration healed_after;  // from the end of the faults until everything was delivered
    Coverage coverage;
    std::string failure;  // empty when nothing was wrong; else what, and when
};

// Draws a cluster, its options and its faults from the seed; lets it run through a faulty phase, then a
// healed one. The same seed gives the same result, to the bit.
Result run_seed(std::uint64_t seed, const SwarmOptions& options);
// The same for a plan that was drawn or made otherwise.
Result run_plan(const Plan& plan, const SwarmOptions& options);

}  // namespace synod::sim

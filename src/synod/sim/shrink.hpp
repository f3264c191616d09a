#pragma once

#include <functional>

#include "synod/sim/plan.hpp"
#include "synod/sim/swarm.hpp"

namespace synod::sim {

struct Shrunk {
    Plan plan;
    Result result;             // of it
    unsigned attempts = 0;     // histories that were run to find it
    std::uint64_t events = 0;  // in all of them
};

// Makes a plan that fails smaller and smaller, as long as it fails in the same way: with fewer deeds
// ("delta debugging": Zeller, Hildebrandt, 2002), fewer processes, fewer values, better links, plainer
// options, less time. Nothing is left to chance: the same plan shrinks to the same one. It stops when it has
// seen about so many events. REQUIRES: run(plan) fails.
Shrunk shrink(const Plan& plan, const std::function<Result(const Plan&)>& run, std::uint64_t events_max);

// What kind of failure it is: its text without the numbers.
[[nodiscard]] std::string kind_of(const std::string& failure);

}  // namespace synod::sim

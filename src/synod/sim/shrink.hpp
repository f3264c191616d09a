#pragma once

#include <functional>

#include "synod/sim/plan.hpp"
#include "synod/sim/swarm.hpp"

namespace synod::sim {

struct Shrunk {
    Plan plan;
    Result result;          // of it
    unsigned attempts = 0;  // histories that were run to find it
};

// Makes a plan that fails smaller and smaller, as long as it fails in the same way: with fewer deeds
// ("delta debugging": Zeller, Hildebrandt, 2002), fewer processes, fewer values, better links, plainer
// options, less time. Nothing is left to chance: the same plan shrinks to the same one. REQUIRES: run(plan)
// fails.
Shrunk shrink(const Plan& plan, const std::function<Result(const Plan&)>& run, unsigned attempts_max);

// What kind of failure it is: its text without the numbers.
[[nodiscard]] std::string kind_of(const std::string& failure);

}  // namespace synod::sim

#pragma once

#include <string>

#include "synod/sim/cluster_options.hpp"
#include "synod/sim/scenario_line.hpp"

namespace synod::sim {

// As a scenario has them unless it says otherwise: without an oracle, whose chatter would hide what it is
// about.
[[nodiscard]] ClusterOptions usual_options();

// "batch 1": after the word `option`.
void read_option(ScenarioLine& line, ClusterOptions& cluster);

// A line for each that is not as usual.
[[nodiscard]] std::string text_of_options(const ClusterOptions& cluster);

}  // namespace synod::sim

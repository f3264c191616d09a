#pragma once

#include <cstdint>
#include <vector>

#include "synod/sim/cluster_options.hpp"
#include "synod/sim/deed.hpp"
#include "synod/sim/scenario.hpp"
#include "synod/sim/scenario_line.hpp"

namespace synod::sim {

// What several steps of a scenario speak of, read from a line.

// "all", "acceptors", "acceptor 1", "acceptor 1 2 and proposer 0".
Whos read_whos(ScenarioLine& line, const ClusterOptions& cluster);
std::vector<Name> read_names(ScenarioLine& line, const ClusterOptions& cluster);
// "acceptor 1"
Name read_name(ScenarioLine& line, const ClusterOptions& cluster);
// The number of a process whose role has been read.
trace::Who read_one(ScenarioLine& line, Role role, const ClusterOptions& cluster);
// "1A"
std::uint8_t read_type(ScenarioLine& line);
// "delay 5us to 10us overtaken 2ms loss 1000 duplicate 0": chances in parts per million.
LinkQuality read_quality(ScenarioLine& line);

Condition read_condition(ScenarioLine& line, const ClusterOptions& cluster);

}  // namespace synod::sim

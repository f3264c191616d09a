#pragma once

#include <cstdint>
#include <vector>

#include "synod/sim/cluster_options.hpp"
#include "synod/sim/random.hpp"
#include "synod/sim/step.hpp"

namespace synod::sim {

// A whole history, before it begins: nothing more is left to chance but what the cluster's own seed decides
// (delays, losses). Made by a seed, or made smaller from one that failed.
struct Plan {
    ClusterOptions cluster;
    std::vector<Step> steps;    // in the order of their times
    Duration length;            // then all is healed
    std::vector<Name> revived;  // those that live again then, if they are dead

    [[nodiscard]] bool is_faulty() const noexcept;
};

// Draws from a seed what a history is to be ("swarm testing": Groce et al., 2012: runs that each leave some
// features out find more than runs that have them all).
Plan draw_plan(std::uint64_t seed);

// Part of it: who there is, and how they are set up.
ClusterOptions draw_cluster(std::uint64_t seed, bool faulty, Random& random);

}  // namespace synod::sim

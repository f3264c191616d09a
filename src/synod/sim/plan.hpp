#pragma once

#include <cstdint>

#include "synod/sim/cluster_options.hpp"
#include "synod/sim/random.hpp"

namespace synod::sim {

// What may go wrong while a history is in its faulty phase; how likely each is, as a weight.
struct FaultWeights {
    std::uint32_t crash_acceptor = 0;
    std::uint32_t crash_proposer = 0;
    std::uint32_t crash_learner = 0;
    std::uint32_t crash_client = 0;
    std::uint32_t restart = 0;
    std::uint32_t depose = 0;  // the leader, with a minority of acceptors, loses all but clients and learners
    std::uint32_t pause = 0;
    std::uint32_t resume = 0;
    std::uint32_t partition = 0;  // in two
    std::uint32_t isolate = 0;    // one process from some of the others, maybe one way only
    std::uint32_t cut = 0;        // one pair, maybe one way only
    std::uint32_t slow_link = 0;
    std::uint32_t slow_process = 0;
    std::uint32_t mend = 0;  // all links
};

// All that one seed of a swarm draws before its history begins ("swarm testing": Groce et al., 2012: runs
// that each leave some features out find more than runs that have them all).
struct Plan {
    ClusterOptions cluster;
    bool faulty = true;
    FaultWeights weights;
    unsigned acceptors_lost_max = 0;  // crashed in all
    unsigned late_percent = 0;        // of processes that are not started at first
    Duration fault_interval_max;
    Duration faulty_phase;
    std::uint64_t values_each = 0;
    Duration value_interval;
};

Plan draw_plan(std::uint64_t seed, Random& random);

}  // namespace synod::sim

#pragma once

#include <cstdint>

#include "synod/core/oracle.hpp"
#include "synod/core/time.hpp"
#include "synod/sim/network.hpp"

namespace synod::sim {

inline constexpr unsigned kDatagramsAtOnce = 32;  // that a process reads at most before it makes a step

// How the roles of a simulated cluster are set up: the same knobs as real processes have.
struct RoleSettings {
    bool direct_2b = true;
    bool proactive_phase1 = true;
    std::uint32_t batch_values = 0;  // most pieces in an instance; 0: as many as fit
    std::uint32_t batch_bytes = 16 << 10;
    std::uint32_t window_bytes = 1 << 20;
    std::uint32_t turns = 4;  // of clients, at the same time
    std::uint64_t history_bytes = 256 << 20;
    bool snapshots = false;  // learners could give them to each other
    Oracle oracle = Oracle::ble;
    Duration leader_ping;  // see OracleOptions
    Duration leader_suspect;
    Duration stall = milliseconds(500);
    std::uint64_t log_bytes = 24 << 20;  // that a learner or proposer may hold
    std::uint64_t log_instances = 1 << 16;
};

// The machines: how they treat their processes.
struct MachineSettings {
    Duration wake_latency;   // from a datagram's arrival until its process runs
    Duration datagram_cost;  // how long a process is busy with each
    std::uint64_t receive_buffer_bytes = 4 << 20;
    std::uint32_t drift_ppm_max = 0;  // how much faster or slower than the world's a clock runs
};

struct ClusterOptions {
    std::uint64_t seed = 0;
    unsigned acceptors = 3;
    unsigned proposers = 2;
    unsigned learners = 2;
    unsigned clients = 1;
    std::uint32_t value_bytes = 0;  // of each value; 0: mixed, some empty, some equal, some beyond a batch
    RoleSettings roles;
    MachineSettings machines;
    LinkQuality links;
};

}  // namespace synod::sim

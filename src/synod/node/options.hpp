#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "synod/core/endpoint.hpp"
#include "synod/core/oracle.hpp"

namespace synod::node {

inline constexpr std::uint64_t kHistoryBytesMin = 1 << 20;
inline constexpr std::uint64_t kReceiveBufferBytesMin = 64 << 10;
inline constexpr std::uint64_t kReceiveBufferBytesMax = 512 << 20;

// Datagrams to lose, repeat or delay on purpose, at the receiver; each a probability.
struct Faults {
    double loss = 0;
    double duplicate = 0;
    double reorder = 0;
    std::uint64_t seed = 0;
};

// The optimisations of the protocol, each of which can be switched off.
struct Policy {
    bool direct_2b = true;           // off: acceptors answer the proposer, which tells the learners
    bool proactive_phase1 = true;    // off: each instance has a phase 1 of its own
    std::uint32_t batch_values = 0;  // most pieces in an instance; 0: as many as fit
};

// Values that a client makes itself, instead of reading lines from standard input.
struct Generate {
    std::uint64_t values = 0;         // 0: until the duration is over
    std::size_t bytes = 64;           // of each value
    double seconds = 0;               // 0: until the number of values is reached
    double values_per_second = 0;     // 0: as fast as they are taken
    double latency_from_seconds = 0;  // of values written before, nobody measures the latency
};

// All that one role process needs to know. Plain data: the command line fills it in.
struct Options {
    Role role = Role::client;
    std::uint16_t id = 0;
    std::string configuration;  // the path of paxos.conf, for messages to people

    std::array<Endpoint, kRoles> groups;  // indexed by Role
    std::string interface = "lo";
    std::string cluster;               // its name, or the canonical text of the group lines
    std::optional<std::uint64_t> run;  // fixed by the configuration; else drawn by the run directory
    unsigned acceptors = 3;
    std::uint64_t history_bytes = std::uint64_t{256} << 20;
    bool snapshots = false;                         // learners, as many as acceptors, give them to each other
    std::uint64_t receive_buffer_bytes = 8U << 20;  // of each socket, as far as the kernel lets us

    Policy policy;
    OracleOptions leader;
    Faults faults;
    bool debug = false;

    // How the runner follows a process: see report.hpp and stamps.hpp. -1: nobody does.
    int report_fd = -1;
    int stamps_fd = -1;
    std::string trace_file;            // empty: nobody wants a trace
    std::optional<Generate> generate;  // client
    double lines_per_second = 0;       // client: of standard input; 0: as fast as they are taken
    bool verify = false;               // learner: check generated values instead of printing them
};

// Runs one role until SIGTERM or SIGINT, or, a client, until its last value is decided.
// Returns the exit status; what is wrong has been said on stderr.
int run_role(const Options& options);

}  // namespace synod::node

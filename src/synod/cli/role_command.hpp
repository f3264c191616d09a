#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "synod/core/endpoint.hpp"

namespace synod::cli {

// What the command line says to one role process; what it leaves open the configuration says.
struct RoleOptions {
    Role role = Role::client;
    std::string id;
    std::string configuration;

    std::optional<double> loss;
    std::optional<double> duplicate;
    std::optional<double> reorder;
    std::optional<std::uint64_t> seed;
    std::optional<std::uint32_t> batch;
    std::optional<std::uint64_t> acceptors;
    std::optional<std::uint64_t> history_bytes;
    std::optional<std::string> interface;
    std::optional<std::string> leader;
    bool no_direct_2b = false;
    bool no_proactive_phase1 = false;
    bool debug = false;

    // Not for people: how `synod run` feeds and follows its processes.
    int report_fd = -1;
    int stamps_fd = -1;
    std::string trace_file;
    std::optional<std::uint64_t> generate;
    std::uint64_t value_bytes = 64;
    double seconds = 0;
    double latency_from_seconds = 0;
    double values_per_second = 0;
    bool verify = false;
};

// synod client|proposer|acceptor|learner
int role_command(const RoleOptions& given);

}  // namespace synod::cli

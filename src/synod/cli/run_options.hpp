#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "synod/node/options.hpp"

namespace synod::cli {

// One process to be killed (SIGKILL), so many seconds after the first client has started.
struct Kill {
    Role role = Role::acceptor;
    std::uint16_t id = 0;  // 0: the proposer that leads then
    double at_seconds = 0;
};

// What `synod run` is asked to do.
struct RunOptions {
    std::uint64_t values = 5;          // of each client
    std::optional<std::string> input;  // lines to deal among the clients, instead
    double latency_from_seconds = 0;   // of what is submitted earlier, the latency does not count
    double duration_seconds = 0;       // clients make values for so long, instead; 0: they do not
    std::uint64_t value_bytes = 64;
    double values_per_second = 0;  // of each client; 0: as fast as they are taken

    unsigned clients = 2;
    unsigned proposers = 2;
    unsigned acceptors = 3;
    unsigned learners = 2;
    unsigned down = 0;  // acceptors that are never started
    std::vector<Kill> kills;
    bool catchup = false;
    double pause_seconds = 0;  // between two starts

    node::Policy policy;
    OracleOptions leader;
    node::Faults faults;
    std::uint64_t history_bytes = std::uint64_t{256} << 20;
    std::string ip = "239.1.2.3";
    std::string interface = "lo";

    double timeout_seconds = 30;  // without progress
    std::string logs = "logs";
    bool logs_given = false;  // or may another directory be taken when this one is in use?
    std::string diagram;      // where a space-time diagram goes; empty: none is wanted
    bool chatter = false;     // draw messages that say nothing new, too
    bool json = false;
    bool debug = false;

    // Values go through files, and learners print them; else processes make and verify them.
    [[nodiscard]] bool through_files() const { return duration_seconds == 0; }
    [[nodiscard]] unsigned majority() const { return acceptors / 2 + 1; }
    // Whether too few acceptors are started for anything to be decided.
    [[nodiscard]] bool without_majority() const { return acceptors - down < majority(); }
};

}  // namespace synod::cli

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "synod/core/oracle.hpp"

namespace synod::cli {

struct ServerCommandOptions {
    std::string configuration = "paxos.config.json";
    std::optional<std::string> sid;
    std::string log;
    OracleOptions leader;
    std::uint64_t history_bytes = std::uint64_t{256} << 20;
    std::size_t clients_max = 10'000;
    std::uint64_t memory_bytes_max = 0;  // 0: no limit
    std::optional<std::uint64_t> run;
};

// synod server
int server_command(const ServerCommandOptions& given);

}  // namespace synod::cli

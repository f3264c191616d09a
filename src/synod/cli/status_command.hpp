#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace synod::cli {

struct StatusOptions {
    std::string configuration = "paxos.conf";
    bool json = false;
    bool watch = false;
    std::optional<std::uint64_t> run;  // which life of the cluster, as its servers were told
    double interval = 1;               // seconds between two looks of a watch
};

// synod status
int status_command(const StatusOptions& given);

}  // namespace synod::cli

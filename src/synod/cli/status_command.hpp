#pragma once

#include <string>

namespace synod::cli {

struct StatusOptions {
    std::string configuration = "paxos.conf";
    bool json = false;
    bool watch = false;
    double interval = 1;  // seconds between two looks of a watch
};

// synod status
int status_command(const StatusOptions& given);

}  // namespace synod::cli

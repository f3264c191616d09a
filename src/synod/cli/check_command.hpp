#pragma once

#include <string>
#include <vector>

namespace synod::cli {

struct CheckOptions {
    std::string directory = "logs";
    std::vector<std::string> submitted;  // with `learned`, instead of the directory
    std::vector<std::string> learned;
    std::vector<std::string> executed;  // instead: what servers executed, a file each
    bool json = false;
};

// synod check
int check_command(const CheckOptions& given);

}  // namespace synod::cli

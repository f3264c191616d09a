#pragma once

#include <optional>
#include <string>
#include <vector>

#include "synod/core/time.hpp"

namespace synod::cli {

struct KvOptions {
    std::vector<std::string> words;   // the configuration, if the first one is one, and an operation
    std::optional<std::string> file;  // of operations, a line each; "-": standard input
    bool json = false;
    Duration timeout = milliseconds(10'000);
};

// synod kv
int kv_command(const KvOptions& given);

}  // namespace synod::cli

#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace synod::cli {

struct PlottedRun {
    std::string directory;
    nlohmann::ordered_json options;  // as run.json has them
};

// What the key of a plot calls each run: its directory, and of its options those that not all runs share.
[[nodiscard]] std::vector<std::string> labels_of(const std::vector<PlottedRun>& runs);

}  // namespace synod::cli

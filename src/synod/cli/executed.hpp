#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "synod/cli/checker.hpp"

namespace synod::cli {

// What one server wrote that it executed (`synod server --log`).
struct ExecutedFile {
    std::string path;
    std::uint64_t operations = 0;
    std::uint64_t gaps = 0;  // where a snapshot stood for the operations
    std::optional<std::uint64_t> last;
};

struct ExecutedResult {
    Verdict verdict = Verdict::ok;
    std::uint64_t operations = 0;  // positions that any of them has
    std::vector<ExecutedFile> files;
    std::vector<Finding> findings;  // a few
};

// Whether the servers executed the same operations: at each position one and the same, and at each server
// every position once, in order, but for those of a snapshot. A position that none of them has makes it
// incomplete; so does one that a server lacks without a snapshot, and so do files without any operation.
// Throws UsageError when a file cannot be read.
ExecutedResult check_executed(const std::vector<std::string>& paths);

}  // namespace synod::cli

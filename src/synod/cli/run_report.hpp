#pragma once

#include <string>

#include "synod/cli/run_options.hpp"
#include "synod/cli/run_result.hpp"

namespace synod::cli {

// A result as people read it: a few lines, in colour on a terminal.
std::string table_of(const RunOptions& options, const RunResult& result, bool colour);

// ... and as programs do: one JSON object, which also stays in the directory of the run.
std::string json_of(const RunOptions& options, const RunResult& result);

}  // namespace synod::cli

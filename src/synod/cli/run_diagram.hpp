#pragma once

#include "synod/cli/log_directory.hpp"
#include "synod/cli/run_options.hpp"
#include "synod/cli/run_result.hpp"

namespace synod::cli {

// Puts the traces of all processes together, into run.trace, and draws as much of that as can be looked at.
// Says on standard error what is left out. Throws a UsageError when it cannot be written.
void draw_run(const RunOptions& options, const RunResult& result, const LogDirectory& directory);

}  // namespace synod::cli

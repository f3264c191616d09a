#pragma once

#include "synod/cli/run_options.hpp"

namespace synod::cli {

// synod run
int run_command(const RunOptions& options);

}  // namespace synod::cli

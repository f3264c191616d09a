#pragma once

#include "synod/cli/sim_options.hpp"

namespace synod::cli {

// synod sim --scenario FILE
int run_scenario_file(const SimOptions& given);

}  // namespace synod::cli

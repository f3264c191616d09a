#pragma once

#include "synod/cli/sim_options.hpp"

namespace synod::cli {

// synod sim
int sim_command(const SimOptions& given);

}  // namespace synod::cli

#pragma once

#include "synod/cli/sim_options.hpp"

namespace synod::cli {

// synod sim --scenario FILE, or, since every history can be told as a scenario, --seed S with --trace or
// --diagram
int act_out(const SimOptions& given);

}  // namespace synod::cli

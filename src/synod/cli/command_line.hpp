#pragma once

#include <variant>

#include "synod/cli/check_command.hpp"
#include "synod/cli/doctor_command.hpp"
#include "synod/cli/kv_command.hpp"
#include "synod/cli/plot_command.hpp"
#include "synod/cli/role_command.hpp"
#include "synod/cli/run_options.hpp"
#include "synod/cli/server_command.hpp"
#include "synod/cli/sim_options.hpp"
#include "synod/cli/status_command.hpp"
#include "synod/cli/trace_command.hpp"

namespace synod::cli {

// Everything is said already (--help, --version, or what is wrong): exit with this status.
struct Quit {
    int status = 0;
};

using Command = std::variant<Quit, RoleOptions, CheckOptions, DoctorOptions, PlotOptions, StatusOptions,
                             TraceOptions, RunOptions, KvOptions, ServerCommandOptions, SimOptions>;

Command parse_command_line(int argc, char** argv);

}  // namespace synod::cli

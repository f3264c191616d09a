#pragma once

#include <CLI/CLI.hpp>

#include "synod/cli/command_line.hpp"

namespace synod::cli {

// Each adds a command: what it is called with, its help, and where its options go. `options` outlives `app`.
void add_role(CLI::App& app, Role role, RoleOptions& options);
void add_run(CLI::App& app, RunOptions& options);
void add_sim(CLI::App& app, SimOptions& options);
void add_server(CLI::App& app, ServerCommandOptions& options);
void add_kv(CLI::App& app, KvOptions& options);
void add_check(CLI::App& app, CheckOptions& options);
void add_doctor(CLI::App& app, DoctorOptions& options);
void add_status(CLI::App& app, StatusOptions& options);
void add_plot(CLI::App& app, PlotOptions& options);
void add_trace(CLI::App& app, TraceOptions& options);

}  // namespace synod::cli

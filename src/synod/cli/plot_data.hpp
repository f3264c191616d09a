#pragma once

#include <string>

#include "synod/cli/log_directory.hpp"
#include "synod/cli/run_result.hpp"
#include "synod/node/options.hpp"

namespace synod::cli {

// What the scripts of scripts/plotting read: columns of numbers, and a line at the top that says what they
// are.
[[nodiscard]] std::string cdf_data(const node::Histogram& latency);
[[nodiscard]] std::string cartesian_data(const RunResult& result);
[[nodiscard]] std::string throughput_data(const RunResult& result);
// Faults that were injected lasted from the start to the end.
[[nodiscard]] std::string events_data(const RunResult& result, const node::Faults& faults);
void write_plot_data(const RunResult& result, const node::Faults& faults, const LogDirectory& directory);

// Negative: before the first submission.
[[nodiscard]] double seconds_after_start(const RunResult& result, std::uint64_t at_ns);

}  // namespace synod::cli

#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "synod/core/oracle.hpp"
#include "synod/core/time.hpp"

namespace synod::cli {

// What words of the command line may be. A validator says in its error what it expected; those that
// transform leave what the option's type can take.
[[nodiscard]] CLI::Validator number(double min, double max);
[[nodiscard]] CLI::Validator count();
[[nodiscard]] CLI::Validator probability();
[[nodiscard]] CLI::Validator rate();
[[nodiscard]] CLI::Validator oracle();
[[nodiscard]] CLI::Validator size_text();     // transforms: bytes
[[nodiscard]] CLI::Validator seconds_text();  // transforms: seconds

// Options that more than one command has.
void add_duration(CLI::App& sub, const std::string& name, Duration& duration, const std::string& what);
void add_leader(CLI::App& sub, OracleOptions& leader);

}  // namespace synod::cli

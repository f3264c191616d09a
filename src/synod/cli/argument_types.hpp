#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "synod/core/oracle.hpp"
#include "synod/core/time.hpp"

namespace synod::cli {

// What words of the command line may be. A validator says in its error what it expected; those that
// transform leave what the option's type can take.
[[nodiscard]] CLI::Validator number(double min, double max);
[[nodiscard]] CLI::Validator probability();
[[nodiscard]] CLI::Validator rate();
[[nodiscard]] CLI::Validator oracle();
// Transforms, since CLI11 takes 010 for 8.
[[nodiscard]] CLI::Validator count(std::uint64_t min = 0, std::uint64_t max = ~std::uint64_t{0});
[[nodiscard]] CLI::Validator size_text();     // transforms: bytes
[[nodiscard]] CLI::Validator seconds_text();  // transforms: seconds

// Options that more than one command has.
void add_duration(CLI::App& sub, const std::string& name, Duration& duration, const std::string& what);
void add_leader(CLI::App& sub, OracleOptions& leader);

}  // namespace synod::cli

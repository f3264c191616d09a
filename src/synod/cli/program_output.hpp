#pragma once

#include <optional>
#include <string>
#include <vector>

namespace synod::cli {

// What a program prints on standard output; nullopt: it is not there, or fails, or takes longer than 5 s.
std::optional<std::string> output_of(const std::vector<std::string>& command);

}  // namespace synod::cli

#pragma once

#include <string>
#include <string_view>

namespace synod::cli {

// The text of a configuration file. Throws UsageError when it cannot be read, or is larger than 1 MiB instead
// of what was expected.
std::string read_small_file(const std::string& path, std::string_view expected);

}  // namespace synod::cli

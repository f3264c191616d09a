#pragma once

#include <filesystem>
#include <string>

namespace synod::net {

// A small file, of /proc say, as it stands; empty when it cannot be read.
[[nodiscard]] std::string read_whole(const std::filesystem::path& path);

// The command line of a process, as one typed it; empty when it cannot be read.
[[nodiscard]] std::string command_of(int pid);

}  // namespace synod::net

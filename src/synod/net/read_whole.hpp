#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace synod::net {

// A small file, of /proc say, as it stands; empty when it cannot be read.
inline std::string read_whole(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace synod::net

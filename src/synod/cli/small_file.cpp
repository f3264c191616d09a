#include "synod/cli/small_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "synod/cli/text.hpp"
#include "synod/node/owned_fd.hpp"

namespace synod::cli {
namespace {

constexpr std::size_t kFileBytesMax = 1 << 20;

[[noreturn]] void fail_reading(const std::string& path, std::string_view expected) {
    throw UsageError(fmt::format("cannot read the configuration {}: {}; expected {}", shown(path),
                                 std::strerror(errno), expected));
}

}  // namespace

std::string read_small_file(const std::string& path, std::string_view expected) {
    const node::OwnedFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd) fail_reading(path, expected);
    std::string text(kFileBytesMax + 1, '\0');
    std::size_t size = 0;
    ssize_t got = 1;
    while (got > 0 && size < text.size()) {
        got = read(fd.get(), text.data() + size, text.size() - size);
        size += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    }
    if (got < 0) fail_reading(path, expected);
    if (size > kFileBytesMax)
        throw UsageError(
            fmt::format("the configuration {} is larger than 1 MiB; expected {}", shown(path), expected));
    text.resize(size);
    return text;
}

}  // namespace synod::cli

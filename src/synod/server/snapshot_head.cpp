#include "synod/server/snapshot_head.hpp"

#include <algorithm>
#include <charconv>

namespace synod::server {

namespace {
constexpr std::size_t kLineBytesMax = 256;
}  // namespace

SnapshotHead read_snapshot_head(std::string_view received) {
    using Kind = SnapshotHead::Kind;
    const std::size_t begin = std::min(received.find_first_not_of('\n'), received.size());
    std::string_view line = received.substr(begin, kLineBytesMax);
    const std::size_t end = line.find(kSnapshotLineEnd);
    if (end == std::string_view::npos)
        return {line.size() < kLineBytesMax ? Kind::incomplete : Kind::malformed, begin, 0, {}};
    const std::size_t bytes = begin + end + kSnapshotLineEnd.size();
    line = line.substr(0, end);
    if (line.starts_with('-')) return {Kind::refusal, bytes, 0, line.substr(1)};
    if (!line.starts_with('$')) return {Kind::malformed, bytes, 0, {}};
    std::size_t size = 0;
    const auto [rest, error] = std::from_chars(line.data() + 1, line.data() + line.size(), size);
    if (error != std::errc{} || rest != line.data() + line.size()) return {Kind::malformed, bytes, 0, {}};
    return {Kind::size, bytes, size, {}};
}

}  // namespace synod::server

#include "synod/net/segments.hpp"

#include <algorithm>

namespace synod::net {

Segments::Segments(std::size_t first_bytes, std::size_t segment_bytes_max) noexcept
    : segment_bytes_max_(segment_bytes_max),
      shortest_(first_bytes),
      longest_(first_bytes),
      ended_(first_bytes > segment_bytes_max || first_bytes == 0) {}

bool Segments::add(std::size_t bytes) noexcept {
    const std::size_t longest = std::max(longest_, bytes);
    if (ended_ || count_ == kSegmentsMax || bytes == 0 || longest > segment_bytes_max_ ||
        longest * (count_ + 1) > kSendBytesMax || 4 * shortest_ < 3 * longest) {
        return false;
    }
    ended_ = 4 * bytes < 3 * longest;  // too short to be padded, it can only be the last
    shortest_ = std::min(shortest_, bytes);
    longest_ = longest;
    ++count_;
    return true;
}

}  // namespace synod::net

#pragma once

#include <cstddef>

namespace synod::net {

// Which of the next datagrams for one address can be the segments of one send: the kernel cuts what it
// is given into equal pieces, of which only the last may be shorter. A datagram that is a little
// shorter than the others is padded with zeros; a much shorter one ends the send.
class Segments {
public:
    static constexpr std::size_t kSegmentsMax = 64;       // the kernel's UDP_MAX_SEGMENTS
    static constexpr std::size_t kSendBytesMax = 65'000;  // below the largest IP packet

    // `segment_bytes_max`: a longer datagram goes alone.
    Segments(std::size_t first_bytes, std::size_t segment_bytes_max) noexcept;

    // False: the datagram belongs to the next send.
    bool add(std::size_t bytes) noexcept;

    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    // All but the last have this many bytes when padded.
    [[nodiscard]] std::size_t segment_bytes() const noexcept { return longest_; }

private:
    std::size_t segment_bytes_max_;
    std::size_t shortest_;
    std::size_t longest_;
    std::size_t count_ = 1;
    bool ended_;
};

}  // namespace synod::net

#pragma once

#include <cstdint>

#include "synod/core/time.hpp"
#include "synod/net/receiver.hpp"

namespace synod::node {

// When somebody for whom nobody waits, as a proposer that follows, looks at its sockets again: not at once
// but a little later, so that it wakes once for many datagrams. If much came meanwhile for the room its
// sockets have, it looks again at once.
class Rest {
public:
    Rest(std::uint64_t receive_buffer_bytes, std::uint64_t buffers_at_once)
        : bytes_max_(receive_buffer_bytes / 8), buffers_at_once_(buffers_at_once) {}

    // It has read what was there at `now`.
    void looked(const net::ReceiveCounters& received, Time now) noexcept {
        const bool little =
            received.bytes - bytes_ < bytes_max_ && received.buffers - buffers_ < buffers_at_once_;
        bytes_ = received.bytes;
        buffers_ = received.buffers;
        until_ = little ? now + kLength : now;
    }
    [[nodiscard]] Time until() const noexcept { return until_; }

private:
    static constexpr Duration kLength = microseconds(500);

    std::uint64_t bytes_max_;
    std::uint64_t buffers_at_once_;
    std::uint64_t bytes_ = 0;
    std::uint64_t buffers_ = 0;
    Time until_;
};

}  // namespace synod::node

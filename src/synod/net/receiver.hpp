#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "synod/net/address.hpp"

namespace synod::net {

struct ReceiveCounters {
    std::uint64_t datagrams = 0;
    std::uint64_t bytes = 0;       // of them, padding included
    std::uint64_t buffers = 0;     // that came filled, with one datagram or several each
    std::uint64_t calls = 0;       // of recvmmsg
    std::uint64_t truncated = 0;   // buffers dropped because they did not hold what came
    std::uint64_t overflowed = 0;  // datagrams (or sends, with offload) the kernel dropped for want of room
};

// Receives into a pool of buffers that it uses again and again.
class Receiver {
public:
    explicit Receiver(unsigned buffers);

    // See Network::drain.
    template <typename Each>
    std::size_t drain(int fd, unsigned buffers_max, Each&& each) {
        std::size_t filled = 0;
        while (filled < buffers_max) {
            const auto asked = std::min<std::size_t>(buffers_max - filled, messages_.size());
            const std::size_t came = receive(fd, asked);
            for (const Arrival& arrival : arrivals_)
                deliver(arrival, each);
            filled += came;
            if (came < asked) break;
        }
        return filled;
    }

    [[nodiscard]] const ReceiveCounters& counters() const noexcept { return counters_; }

private:
    // What one buffer was filled with: datagrams of `segment_bytes` each, the last perhaps shorter.
    struct Arrival {
        std::span<const std::byte> bytes;
        std::size_t segment_bytes = 0;
        Address from;
    };
    struct alignas(8) Control {
        std::byte bytes[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(std::uint32_t))];
    };
    struct Overflow {
        int fd = -1;
        std::uint32_t seen = 0;  // the kernel's count, which wraps
    };

    template <typename Each>
    void deliver(const Arrival& arrival, Each& each) {
        for (std::size_t at = 0; at < arrival.bytes.size(); at += arrival.segment_bytes) {
            const std::size_t size = std::min(arrival.segment_bytes, arrival.bytes.size() - at);
            ++counters_.datagrams;
            counters_.bytes += size;
            each(arrival.bytes.subspan(at, size), arrival.from);
        }
    }

    // Fills up to so many buffers; returns how many, and leaves in arrivals_ what can be delivered.
    std::size_t receive(int fd, std::size_t buffers);
    void prepare(std::size_t buffer) noexcept;
    void take(int fd, std::size_t buffer);
    void count_overflow(int fd, std::uint32_t dropped);

    std::unique_ptr<std::byte[]> memory_;
    std::vector<mmsghdr> messages_;  // one a buffer
    std::vector<iovec> pieces_;
    std::vector<sockaddr_in> addresses_;
    std::vector<Control> controls_;
    std::vector<Arrival> arrivals_;
    std::vector<Overflow> overflows_;  // one a socket
    ReceiveCounters counters_;
};

}  // namespace synod::net

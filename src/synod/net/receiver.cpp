#include "synod/net/receiver.hpp"

#include <netinet/in.h>
#include <netinet/udp.h>

#include <cstring>

namespace synod::net {

namespace {

constexpr std::size_t kBufferBytes = std::size_t{64} << 10;

template <typename T>
T read_control(cmsghdr* control) noexcept {
    T value;
    std::memcpy(&value, CMSG_DATA(control), sizeof value);
    return value;
}

}  // namespace

Receiver::Receiver(unsigned buffers)
    : memory_(std::make_unique<std::byte[]>(buffers * kBufferBytes)),
      messages_(buffers),
      pieces_(buffers),
      addresses_(buffers),
      controls_(buffers) {
    arrivals_.reserve(buffers);
    for (std::size_t k = 0; k < buffers; ++k) {
        pieces_[k] = {memory_.get() + k * kBufferBytes, kBufferBytes};
    }
}

void Receiver::prepare(std::size_t buffer) noexcept {
    msghdr& header = messages_[buffer].msg_hdr;
    header = {};
    header.msg_name = &addresses_[buffer];
    header.msg_namelen = sizeof addresses_[buffer];
    header.msg_iov = &pieces_[buffer];
    header.msg_iovlen = 1;
    header.msg_control = controls_[buffer].bytes;
    header.msg_controllen = sizeof controls_[buffer].bytes;
}

std::size_t Receiver::receive(int fd, std::size_t buffers) {
    for (std::size_t k = 0; k < buffers; ++k)
        prepare(k);
    const int came = recvmmsg(fd, messages_.data(), static_cast<unsigned>(buffers), MSG_DONTWAIT, nullptr);
    ++counters_.calls;
    arrivals_.clear();
    if (came <= 0) return 0;
    for (std::size_t k = 0; k < static_cast<std::size_t>(came); ++k)
        take(fd, k);
    counters_.buffers += static_cast<std::size_t>(came);
    return static_cast<std::size_t>(came);
}

void Receiver::take(int fd, std::size_t buffer) {
    msghdr& header = messages_[buffer].msg_hdr;
    const std::size_t size = messages_[buffer].msg_len;
    Arrival arrival{{static_cast<const std::byte*>(pieces_[buffer].iov_base), size}, size, {}};
    for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
        if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO) {
            const int segment_bytes = read_control<int>(c);
            if (segment_bytes > 0) arrival.segment_bytes = static_cast<std::size_t>(segment_bytes);
        } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
            count_overflow(fd, read_control<std::uint32_t>(c));
        }
    }
    arrival.from = from_sockaddr(addresses_[buffer]);
    if ((header.msg_flags & MSG_TRUNC) != 0) {
        ++counters_.truncated;
    } else {
        arrivals_.push_back(arrival);
    }
}

// The kernel counts from the socket's start.
void Receiver::count_overflow(int fd, std::uint32_t dropped) {
    auto known = std::find_if(overflows_.begin(), overflows_.end(),
                              [fd](const Overflow& overflow) { return overflow.fd == fd; });
    if (known == overflows_.end()) known = overflows_.insert(overflows_.end(), {fd, 0});
    counters_.overflowed += dropped - known->seen;
    known->seen = dropped;
}

}  // namespace synod::net

#pragma once

#include <poll.h>
#include <unistd.h>

#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "synod/net/network.hpp"

// Networks on lo, and groups that nobody else uses.

namespace synod::net::test {

using Datagram = std::vector<std::byte>;

inline Address free_group() {
    static std::uint32_t next = 0;
    const auto pid = static_cast<std::uint32_t>(getpid());
    const Socket probe = open_unicast(resolve_interface("lo"), 1);  // its port is nobody's
    return {0xefff0000 + ((pid << 4) + next++) % 0xffff + 1, probe.local().port};
}

// Addresses that nobody holds, all different: a port that is free again may be drawn again.
inline std::vector<Address> free_addresses(std::size_t count) {
    std::vector<Socket> sockets;
    std::vector<Address> addresses;
    while (sockets.size() < count) {
        sockets.push_back(open_unicast(resolve_interface("lo"), 1));
        addresses.push_back(sockets.back().local());
    }
    return addresses;
}

inline Network network(std::vector<Address> groups, bool offload = true) {
    NetworkOptions options;
    options.groups = std::move(groups);
    options.offload = offload;
    return Network(options);
}

// `size` bytes that depend on `tag` and on their place.
inline Datagram pattern(std::size_t size, unsigned tag) {
    Datagram datagram(size);
    for (std::size_t k = 0; k < size; ++k)
        datagram[k] = static_cast<std::byte>(k * 7 + tag * 131 + k / 251);
    return datagram;
}

struct Arrived {
    Datagram bytes;
    Address from;
};

// Whatever arrives at the descriptor until `count` datagrams did, or none for a while.
inline std::vector<Arrived> receive(Network& at, int fd, std::size_t count) {
    std::vector<Arrived> arrived;
    pollfd ready{fd, POLLIN, 0};
    while (arrived.size() < count && poll(&ready, 1, 300) == 1) {
        at.drain(fd, 16, [&arrived](std::span<const std::byte> datagram, Address from) {
            arrived.push_back({{datagram.begin(), datagram.end()}, from});
        });
    }
    return arrived;
}

inline bool starts_with(const Datagram& datagram, const Datagram& start) {
    return datagram.size() >= start.size() && std::equal(start.begin(), start.end(), datagram.begin());
}
// That it is `sent`, with or without padding.
inline bool is_padded(const Datagram& datagram, const Datagram& sent) {
    return starts_with(datagram, sent) &&
           std::all_of(datagram.begin() + static_cast<std::ptrdiff_t>(sent.size()), datagram.end(),
                       [](std::byte byte) { return byte == std::byte{0}; });
}

}  // namespace synod::net::test

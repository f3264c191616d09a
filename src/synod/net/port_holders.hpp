#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "synod/net/address.hpp"

namespace synod::net {

// A UDP socket of this network namespace, as /proc/net/udp shows it.
struct BoundSocket {
    Address local;
    std::uint64_t inode = 0;
    friend bool operator==(const BoundSocket&, const BoundSocket&) = default;
};

// Of the text of /proc/net/udp, the sockets at this port.
[[nodiscard]] std::vector<BoundSocket> sockets_at(std::uint16_t port, std::string_view udp_table);

// A process that holds a socket at a port.
struct PortHolder {
    int pid = 0;  // 0: it could not be found out, for want of permission or because it lives elsewhere
    std::string command;
    Address local;
};
[[nodiscard]] std::vector<PortHolder> holders_of(std::uint16_t port);

}  // namespace synod::net

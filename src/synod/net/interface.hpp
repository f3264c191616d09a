#pragma once

#include <cstdint>
#include <string>

namespace synod::net {

// A network interface of this host that is up and has an IPv4 address.
struct Interface {
    std::string name;
    std::uint32_t ip = 0;  // its first IPv4 address, host byte order
    unsigned index = 0;
    std::uint32_t mtu = 0;  // bytes of an IP packet
};

// Throws Error when there is none of that name, or it is down, or has no IPv4 address.
[[nodiscard]] Interface resolve_interface(const std::string& name);

}  // namespace synod::net

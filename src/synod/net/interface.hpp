#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "synod/net/address.hpp"

namespace synod::net {

// An interface as the kernel describes it, usable or not.
struct InterfaceState {
    bool exists = false;
    bool up = false;
    bool loopback = false;
    bool multicast = false;           // the MULTICAST flag; lo lacks it, and takes members all the same
    std::optional<std::uint32_t> ip;  // its first IPv4 address, host byte order
    std::uint32_t mtu = 0;            // bytes of an IP packet
};
[[nodiscard]] InterfaceState inspect_interface(const std::string& name);

// A network interface of this host that is up and has an IPv4 address.
struct Interface {
    std::string name;
    std::uint32_t ip = 0;
    unsigned index = 0;
    std::uint32_t mtu = 0;
};

// Throws Error when there is none of that name, or it is down, or has no IPv4 address.
[[nodiscard]] Interface resolve_interface(const std::string& name);

// The name of the interface that has this address; the loopback interface has all of its network (127.0.0.2).
// Throws Error when this host has no such address.
[[nodiscard]] std::string interface_of(std::uint32_t ip);
[[nodiscard]] bool is_of_this_host(std::uint32_t ip);

// The name of the interface by which this host sends to that address. Throws Error when it has no way there.
[[nodiscard]] std::string interface_towards(Address to);

}  // namespace synod::net

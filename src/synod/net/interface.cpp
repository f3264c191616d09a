#include "synod/net/interface.hpp"

#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include "synod/net/address.hpp"
#include "synod/net/error.hpp"
#include "synod/net/socket.hpp"

namespace synod::net {

namespace {

[[noreturn]] void fail(const std::string& name, std::string_view problem) {
    throw Error(fmt::format("network interface {} {}", name, problem));
}

// Asks the kernel one thing about the interface. False when it does not know.
bool ask(const Socket& socket, unsigned long what, const std::string& name, ifreq& answer) {
    answer = {};
    std::strncpy(answer.ifr_name, name.c_str(), IFNAMSIZ - 1);
    return ioctl(socket.fd(), what, &answer) == 0;
}

std::optional<std::uint32_t> ipv4(const sockaddr* address) {
    if (address == nullptr || address->sa_family != AF_INET) return std::nullopt;
    sockaddr_in native{};
    std::memcpy(&native, address, sizeof native);
    return from_sockaddr(native).ip;
}

bool has(const ifaddrs& interface, std::uint32_t ip) {
    const auto own = ipv4(interface.ifa_addr);
    if (!own) return false;
    if (*own == ip) return true;
    const auto mask = ipv4(interface.ifa_netmask);
    return (interface.ifa_flags & IFF_LOOPBACK) != 0 && mask && (*own & *mask) == (ip & *mask);
}

}  // namespace

InterfaceState inspect_interface(const std::string& name) {
    InterfaceState state;
    const Socket socket;
    ifreq answer;
    if (name.empty() || name.size() >= IFNAMSIZ || !ask(socket, SIOCGIFFLAGS, name, answer)) return state;
    state.exists = true;
    state.up = (answer.ifr_flags & IFF_UP) != 0;
    state.loopback = (answer.ifr_flags & IFF_LOOPBACK) != 0;
    state.multicast = (answer.ifr_flags & IFF_MULTICAST) != 0;
    if (ask(socket, SIOCGIFADDR, name, answer)) {
        sockaddr_in address{};
        std::memcpy(&address, &answer.ifr_addr, sizeof address);
        state.ip = from_sockaddr(address).ip;
    }
    if (ask(socket, SIOCGIFMTU, name, answer)) state.mtu = static_cast<std::uint32_t>(answer.ifr_mtu);
    return state;
}

Interface resolve_interface(const std::string& name) {
    const InterfaceState state = inspect_interface(name);
    if (!state.exists)
        fail(fmt::format("'{}'", name), "does not exist: see `ip -brief link` for those that do");
    if (!state.up) fail(name, fmt::format("is down: ip link set {} up", name));
    if (!state.ip)
        fail(name, fmt::format("has no IPv4 address: give it one (ip address add ... dev {})", name));
    const unsigned index = if_nametoindex(name.c_str());
    if (index == 0 || state.mtu == 0) fail(name, "has just gone");
    return {name, *state.ip, index, state.mtu};
}

std::string interface_of(std::uint32_t ip) {
    ifaddrs* first = nullptr;
    if (getifaddrs(&first) != 0)
        throw Error(fmt::format("cannot list the network interfaces: {}", std::strerror(errno)));
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> interfaces(first, &freeifaddrs);
    for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next)
        if (has(*each, ip)) return each->ifa_name;
    throw Error(fmt::format("this host does not have the address {}: `ip -brief address` shows those it has",
                            ip_text(ip)));
}

bool is_of_this_host(std::uint32_t ip) {
    try {
        return !interface_of(ip).empty();
    } catch (const Error&) {
        return false;
    }
}

// A UDP socket that is connected has its own address, and nothing is sent.
std::string interface_towards(Address to) {
    const Socket socket;
    const sockaddr_in native = to_sockaddr(to);
    if (connect(socket.fd(), reinterpret_cast<const sockaddr*>(&native), sizeof native) != 0)
        throw Error(fmt::format("this host has no way to {}: {} (`ip route` shows where it can send)",
                                ip_text(to.ip), std::strerror(errno)));
    return interface_of(socket.local().ip);
}

}  // namespace synod::net

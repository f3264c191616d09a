#include "synod/net/interface.hpp"

#include <fmt/format.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstring>

#include "synod/net/address.hpp"
#include "synod/net/error.hpp"
#include "synod/net/socket.hpp"

namespace synod::net {

namespace {

[[noreturn]] void fail(const std::string& name, std::string_view problem) {
    throw Error(fmt::format("network interface {} {}", name, problem));
}

// Asks the kernel one thing about the interface. False with errno when it does not know.
bool ask(const Socket& socket, unsigned long what, const std::string& name, ifreq& answer) {
    answer = {};
    std::strncpy(answer.ifr_name, name.c_str(), IFNAMSIZ - 1);
    return ioctl(socket.fd(), what, &answer) == 0;
}

std::uint32_t first_address(const Socket& socket, const std::string& name) {
    ifreq answer;
    if (!ask(socket, SIOCGIFADDR, name, answer)) {
        fail(name, fmt::format("has no IPv4 address: give it one (ip address add ... dev {})", name));
    }
    sockaddr_in address{};
    std::memcpy(&address, &answer.ifr_addr, sizeof address);
    return from_sockaddr(address).ip;
}

}  // namespace

Interface resolve_interface(const std::string& name) {
    const Socket socket;
    ifreq answer;
    if (name.empty() || name.size() >= IFNAMSIZ || !ask(socket, SIOCGIFFLAGS, name, answer)) {
        fail(fmt::format("'{}'", name), "does not exist: see `ip -brief link` for those that do");
    }
    if ((answer.ifr_flags & IFF_UP) == 0) fail(name, fmt::format("is down: ip link set {} up", name));

    Interface found{name};
    found.ip = first_address(socket, name);
    found.index = if_nametoindex(name.c_str());
    if (!ask(socket, SIOCGIFMTU, name, answer)) fail(name, std::strerror(errno));
    found.mtu = static_cast<std::uint32_t>(answer.ifr_mtu);
    return found;
}

}  // namespace synod::net

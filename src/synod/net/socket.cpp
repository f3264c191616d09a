#include "synod/net/socket.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "synod/net/error.hpp"

namespace synod::net {

namespace {

[[noreturn]] void fail(const std::string& what) {
    throw Error(fmt::format("{}: {}", what, std::strerror(errno)));
}

template <typename T>
bool try_set(const Socket& socket, int level, int option, const T& value) noexcept {
    return setsockopt(socket.fd(), level, option, &value, sizeof value) == 0;
}

template <typename T>
void set(const Socket& socket, int level, int option, const T& value, const std::string& what) {
    if (!try_set(socket, level, option, value)) fail(what);
}

bool bind_to(const Socket& socket, Address address) noexcept {
    const sockaddr_in native = to_sockaddr(address);
    return bind(socket.fd(), reinterpret_cast<const sockaddr*>(&native), sizeof native) == 0;
}

ip_mreqn membership(const Interface& interface, std::uint32_t group) noexcept {
    ip_mreqn request{};
    request.imr_multiaddr.s_addr = htonl(group);
    request.imr_address.s_addr = htonl(interface.ip);
    request.imr_ifindex = static_cast<int>(interface.index);
    return request;
}

[[noreturn]] void fail_to_bind(Address address) {
    if (errno != EADDRINUSE) fail(fmt::format("cannot bind to {}", to_string(address)));
    throw InUse(
        fmt::format("{} is in use: another program holds it without sharing it; "
                    "stop it (`ss -ulpn 'sport = :{}'` names it) or choose another port",
                    to_string(address), address.port));
}

// What the kernel calls twice the size counts its own bookkeeping as well.
std::size_t buffer_size(const Socket& socket, int option) noexcept {
    int size = 0;
    socklen_t length = sizeof size;
    if (getsockopt(socket.fd(), SOL_SOCKET, option, &size, &length) != 0) return 0;
    return static_cast<std::size_t>(size) / 2;
}

std::size_t raise_buffer(const Socket& socket, std::size_t bytes, int option, int force) noexcept {
    if (buffer_size(socket, option) >= bytes) return buffer_size(socket, option);
    try_set(socket, SOL_SOCKET, option, static_cast<int>(bytes));
    if (buffer_size(socket, option) < bytes) try_set(socket, SOL_SOCKET, force, static_cast<int>(bytes));
    return buffer_size(socket, option);
}

}  // namespace

Socket::Socket() : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP)) {
    if (fd_ < 0) fail("cannot open a UDP socket");
}

Socket::~Socket() {
    if (fd_ >= 0) close(fd_);
}

Address Socket::local() const {
    sockaddr_in address{};
    socklen_t length = sizeof address;
    if (getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length) != 0) fail("getsockname");
    return from_sockaddr(address);
}

Socket open_unicast(const Interface& interface, int ttl, std::optional<Address> local) {
    Socket socket;
    const Address address = local.value_or(Address{interface.ip, 0});
    if (!bind_to(socket, address)) fail_to_bind(address);
    const std::string what = fmt::format("cannot send multicast through {}", interface.name);
    set(socket, IPPROTO_IP, IP_MULTICAST_IF, membership(interface, 0), what);
    set(socket, IPPROTO_IP, IP_MULTICAST_TTL, ttl, what);
    set(socket, IPPROTO_IP, IP_MULTICAST_LOOP, 1, what);
    return socket;
}

Socket open_member(const Interface& interface, Address group) {
    if (!group.is_multicast()) {
        throw Error(fmt::format("{} is not a multicast group: those are 224.0.0.0 to 239.255.255.255",
                                to_string(group)));
    }
    Socket socket;
    const std::string what = fmt::format("cannot join {} on {}", to_string(group), interface.name);
    set(socket, SOL_SOCKET, SO_REUSEADDR, 1, what);
    if (!bind_to(socket, group)) fail_to_bind(group);
    // Only what was sent to the group on this interface, whatever others on this host have joined.
    set(socket, IPPROTO_IP, IP_MULTICAST_ALL, 0, what);
    set(socket, IPPROTO_IP, IP_ADD_MEMBERSHIP, membership(interface, group.ip), what);
    return socket;
}

std::size_t raise_receive_buffer(const Socket& socket, std::size_t bytes) noexcept {
    return raise_buffer(socket, bytes, SO_RCVBUF, SO_RCVBUFFORCE);
}

std::size_t raise_send_buffer(const Socket& socket, std::size_t bytes) noexcept {
    return raise_buffer(socket, bytes, SO_SNDBUF, SO_SNDBUFFORCE);
}

bool receive_coalesced(const Socket& socket) noexcept {
    return try_set(socket, IPPROTO_UDP, UDP_GRO, 1);
}

bool count_overflow(const Socket& socket) noexcept {
    return try_set(socket, SOL_SOCKET, SO_RXQ_OVFL, 1);
}

}  // namespace synod::net

#include "synod/node/tcp.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "synod/net/error.hpp"

namespace synod::node {

namespace {

constexpr int kBacklog = 4096;

[[noreturn]] void fail(const char* what, net::Address address) {
    throw net::Error(fmt::format("cannot {} {}: {}", what, net::to_string(address), std::strerror(errno)));
}

OwnedFd open_stream() {
    OwnedFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) throw net::Error(fmt::format("cannot open a TCP socket: {}", std::strerror(errno)));
    return fd;
}

const sockaddr* native(const sockaddr_in& address) noexcept {
    return reinterpret_cast<const sockaddr*>(&address);
}

void set(const OwnedFd& fd, int level, int option) noexcept {
    const int on = 1;
    static_cast<void>(::setsockopt(fd.get(), level, option, &on, sizeof on));
}

}  // namespace

Listener listen_at(net::Address address) {
    OwnedFd fd = open_stream();
    set(fd, SOL_SOCKET, SO_REUSEADDR);  // connections of a former life may not have ended yet
    const sockaddr_in where = net::to_sockaddr(address);
    if (::bind(fd.get(), native(where), sizeof where) != 0 || ::listen(fd.get(), kBacklog) != 0) {
        if (errno == EADDRNOTAVAIL) {
            throw net::Error(fmt::format(
                "cannot listen at {}: it is no address of this host; is the --sid of this server right?",
                net::to_string(address)));
        }
        if (errno != EADDRINUSE) fail("listen at", address);
        throw net::InUse(fmt::format(
            "{} is in use: another program listens there; stop it (`ss -tlpn 'sport = :{}'` names "
            "it) or choose another port",
            net::to_string(address), address.port));
    }
    return {std::move(fd), address};
}

std::optional<AcceptedStream> accept_from(const Listener& listener) {
    sockaddr_in from{};
    socklen_t length = sizeof from;
    int accepted = -1;
    do  // those who have gone meanwhile are passed over
        accepted = ::accept4(listener.fd.get(), reinterpret_cast<sockaddr*>(&from), &length,
                             SOCK_NONBLOCK | SOCK_CLOEXEC);
    while (accepted < 0 && (errno == ECONNABORTED || errno == EINTR));
    if (accepted < 0) return std::nullopt;
    OwnedFd fd(accepted);
    set(fd, IPPROTO_TCP, TCP_NODELAY);
    set(fd, SOL_SOCKET, SO_KEEPALIVE);
    return AcceptedStream{std::move(fd), net::from_sockaddr(from)};
}

OwnedFd connect_to(net::Address address, std::uint32_t from) {
    OwnedFd fd = open_stream();
    set(fd, IPPROTO_TCP, TCP_NODELAY);
    set(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);  // the port is chosen by connect(): there are more then
    const sockaddr_in own = net::to_sockaddr({from, 0});
    if (from != 0 && ::bind(fd.get(), native(own), sizeof own) != 0) fail("connect from", {from, 0});
    const sockaddr_in where = net::to_sockaddr(address);
    if (::connect(fd.get(), native(where), sizeof where) != 0 && errno != EINPROGRESS)
        fail("connect to", address);
    return fd;
}

int connect_error(const OwnedFd& stream) noexcept {
    int error = 0;
    socklen_t length = sizeof error;
    return ::getsockopt(stream.get(), SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

}  // namespace synod::node

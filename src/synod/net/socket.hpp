#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "synod/net/address.hpp"
#include "synod/net/interface.hpp"

namespace synod::net {

// A UDP socket, non-blocking and closed on exec.
class Socket {
public:
    Socket();  // throws Error
    ~Socket();
    Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Socket& operator=(Socket&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }

    [[nodiscard]] int fd() const noexcept { return fd_; }
    [[nodiscard]] Address local() const;

private:
    int fd_;
};

// At `local`, or else at an ephemeral port of the interface's address; sends multicast through that interface
// only, and so that members on this host see it. Throws Error; InUse when another socket is there.
[[nodiscard]] Socket open_unicast(const Interface& interface, int ttl,
                                  std::optional<Address> local = std::nullopt);

// A member of the group on that interface; several programs may be. Throws Error.
[[nodiscard]] Socket open_member(const Interface& interface, Address group);

// Raises a buffer (SO_RCVBUF, SO_SNDBUF) to hold `bytes`, or what the kernel grants: past its limit only
// when we are privileged. Returns what it holds now, in bytes as they were asked for.
std::size_t raise_receive_buffer(const Socket& socket, std::size_t bytes) noexcept;
std::size_t raise_send_buffer(const Socket& socket, std::size_t bytes) noexcept;

// Has the kernel hand over runs of equal datagrams in one buffer (UDP_GRO). False when it cannot.
bool receive_coalesced(const Socket& socket) noexcept;

// Has the kernel say how many datagrams it dropped for want of room (SO_RXQ_OVFL).
bool count_overflow(const Socket& socket) noexcept;

}  // namespace synod::net

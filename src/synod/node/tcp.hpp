#pragma once

#include <cstdint>
#include <optional>

#include "synod/net/address.hpp"
#include "synod/node/owned_fd.hpp"

namespace synod::node {

// TCP, non-blocking and closed on exec. What cannot be had throws net::Error, net::InUse.

struct Listener {
    OwnedFd fd;
    net::Address address;
};
[[nodiscard]] Listener listen_at(net::Address address);

struct AcceptedStream {
    OwnedFd fd;
    net::Address from;
};
// The next who wants to connect. Nothing when there is nobody (errno is EAGAIN then), or no descriptor or
// memory to be had for it.
[[nodiscard]] std::optional<AcceptedStream> accept_from(const Listener& listener);

// Begins to connect: writable when it is done, or cannot be (see connect_error). `from`: of which of this
// host's IP addresses; 0: the kernel chooses.
[[nodiscard]] OwnedFd connect_to(net::Address address, std::uint32_t from = 0);
// Why it could not connect; 0: it is connected.
[[nodiscard]] int connect_error(const OwnedFd& stream) noexcept;

}  // namespace synod::node

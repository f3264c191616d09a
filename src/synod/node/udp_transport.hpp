#pragma once

#include <array>

#include "synod/host/transport.hpp"
#include "synod/net/network.hpp"

namespace synod::node {

inline net::Address to_address(Endpoint endpoint) noexcept {
    return {endpoint.address, endpoint.port};
}
inline Endpoint to_endpoint(net::Address address) noexcept {
    return {address.ip, address.port};
}

inline Losses losses_of(const net::Network& network) noexcept {
    return {.overflowed = network.received().overflowed,
            .truncated = network.received().truncated,
            .unsent = network.sent().dropped};
}

// The host's transport over real sockets: a role is its multicast group.
class UdpTransport : public host::Transport {
public:
    UdpTransport(net::Network& network, const std::array<Endpoint, kRoles>& groups)
        : network_(network), groups_(groups) {}

    void send(Destination to, Bytes head, Bytes body) override {
        const Endpoint endpoint = to.is_group() ? groups_[static_cast<std::size_t>(to.group)] : to.endpoint;
        network_.queue(to_address(endpoint), head, body);
    }
    void flush() override { network_.flush(); }
    [[nodiscard]] Losses losses() const override { return losses_of(network_); }

private:
    net::Network& network_;
    std::array<Endpoint, kRoles> groups_;
};

}  // namespace synod::node

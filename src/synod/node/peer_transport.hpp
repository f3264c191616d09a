#pragma once

#include <vector>

#include "synod/host/transport.hpp"
#include "synod/net/network.hpp"
#include "synod/node/udp_transport.hpp"

namespace synod::node {

// The host's transport among servers that know each other's addresses, without multicast: every group is the
// other servers, and what is for several of them goes to each. All that one of them gets in a flush is queued
// together, so that the kernel takes it in few sends.
class PeerTransport : public host::Transport {
public:
    // `peers`: the other servers.
    PeerTransport(net::Network& network, std::vector<net::Address> peers)
        : network_(network), peers_(std::move(peers)) {}

    void send(Destination to, Bytes head, Bytes body) override { waiting_.push_back({to, head, body}); }
    void flush() override;
    [[nodiscard]] Losses losses() const override { return losses_of(network_); }

private:
    struct Datagram {
        Destination to;
        Bytes head;
        Bytes body;
    };

    net::Network& network_;
    std::vector<net::Address> peers_;
    std::vector<Datagram> waiting_;
};

}  // namespace synod::node

#include "synod/node/peer_transport.hpp"

#include <algorithm>

namespace synod::node {

void PeerTransport::flush() {
    for (const net::Address peer : peers_) {
        for (const Datagram& datagram : waiting_) {
            if (datagram.to.is_group() || to_address(datagram.to.endpoint) == peer)
                network_.queue(peer, datagram.head, datagram.body);
        }
    }
    for (const Datagram& datagram : waiting_) {
        const net::Address to = to_address(datagram.to.endpoint);
        if (!datagram.to.is_group() && std::find(peers_.begin(), peers_.end(), to) == peers_.end())
            network_.queue(to, datagram.head, datagram.body);
    }
    waiting_.clear();
    network_.flush();
}

}  // namespace synod::node

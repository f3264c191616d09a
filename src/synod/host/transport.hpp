#pragma once

#include "synod/core/bytes.hpp"
#include "synod/core/endpoint.hpp"
#include "synod/core/message.hpp"

namespace synod::host {

// The network as a host needs it: real sockets in production, a made-up world in simulation.
class Transport {
public:
    virtual ~Transport() = default;

    // Queues the datagram head||body. Both views stand until flush().
    virtual void send(Destination to, Bytes head, Bytes body) = 0;
    virtual void flush() = 0;
    // What it knows of losses, but for `refused`.
    [[nodiscard]] virtual Losses losses() const { return {}; }
};

}  // namespace synod::host

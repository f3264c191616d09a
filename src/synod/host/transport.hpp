#pragma once

#include "synod/core/bytes.hpp"
#include "synod/core/endpoint.hpp"

namespace synod::host {

// The network as a host needs it: real sockets in production, a made-up world in simulation.
class Transport {
public:
    virtual ~Transport() = default;

    // Queues the datagram head||body. Both views stand until flush().
    virtual void send(Destination to, Bytes head, Bytes body) = 0;
    virtual void flush() = 0;
};

}  // namespace synod::host

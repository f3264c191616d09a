#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "synod/sim/acceptor_oracle.hpp"
#include "synod/sim/bounds.hpp"
#include "synod/sim/cluster_options.hpp"
#include "synod/sim/coverage.hpp"
#include "synod/sim/datagrams.hpp"
#include "synod/sim/delivery_oracle.hpp"
#include "synod/sim/event_queue.hpp"
#include "synod/sim/network.hpp"
#include "synod/sim/tracer.hpp"
#include "synod/sim/values.hpp"
#include "synod/wire/codec.hpp"
#include "synod/wire/type.hpp"

namespace synod::sim {

// What all processes of a world share.
struct Surroundings {
    static constexpr std::size_t kTwinsMax = 8;

    Surroundings(const ClusterOptions& options, std::size_t processes, trace::Sink* trace);

    static constexpr std::uint64_t kCluster = 0x53594e4f44;
    static constexpr std::uint64_t kRun = 1;

    Time now;
    Coverage coverage;
    Tracer tracer;
    Random random;
    EventQueue events;
    Datagrams datagrams;
    Network network;
    AcceptorOracle acceptors;
    DeliveryOracle deliveries;
    Bounds bounds;
    ValueMaker values;
    wire::Decoder decoder;          // of what is sent, for the oracles
    std::vector<trace::Who> twins;  // the names of which a second process was started, at any time
    std::uint32_t leader = 0;       // the process that began the last reign, and its life; 0: there was none
};

}  // namespace synod::sim

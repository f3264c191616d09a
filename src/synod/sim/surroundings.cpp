#include "synod/sim/surroundings.hpp"

namespace synod::sim {

Surroundings::Surroundings(const ClusterOptions& options, std::size_t processes, trace::Sink* trace)
    : tracer(trace),
      random(options.seed),
      events(processes),
      network(processes + kTwinsMax, options.links, random.fork(), events, datagrams, coverage, tracer),
      acceptors(options.acceptors, coverage),
      deliveries(acceptors, processes + kTwinsMax, options.roles.batch_bytes, coverage),
      bounds(options),
      values(options.roles.batch_bytes),
      decoder(kCluster, kRun, static_cast<std::uint16_t>(options.acceptors)) {
    values.set_size(options.value_bytes);
}

}  // namespace synod::sim

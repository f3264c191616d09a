#pragma once

#include "synod/core/acceptor.hpp"
#include "synod/core/client.hpp"
#include "synod/core/learner.hpp"
#include "synod/core/proposer.hpp"
#include "synod/sim/cluster_options.hpp"

namespace synod::sim {

// The roles' options, fitted to each other as real processes fit them.
Acceptor::Options acceptor_options(const ClusterOptions& options, std::uint16_t id, Incarnation incarnation,
                                   bool observer, std::uint64_t seed);
Proposer::Options proposer_options(const ClusterOptions& options, std::uint16_t id, Incarnation incarnation,
                                   std::uint64_t seed);
Learner::Options learner_options(const ClusterOptions& options, std::uint16_t id, std::uint64_t seed);
Client::Options client_options(const ClusterOptions& options, SessionId session);

}  // namespace synod::sim

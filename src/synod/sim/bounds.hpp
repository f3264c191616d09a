#pragma once

#include <cstdint>

#include "synod/core/acceptor.hpp"
#include "synod/core/client.hpp"
#include "synod/core/learner.hpp"
#include "synod/core/proposer.hpp"
#include "synod/sim/cluster_options.hpp"

namespace synod::sim {

// No queue of a role grows beyond what its options allow, whatever it is sent; else a Violation is thrown.
class Bounds {
public:
    explicit Bounds(const ClusterOptions& options);

    void check(const Acceptor& acceptor) const { check(acceptor.log(), 0); }
    void check(const Learner& learner) const { check(learner.log(), 0); }
    // Clients of so many sessions may each have a credit's worth of values in its hands.
    void check(const Proposer& proposer, std::uint64_t sessions) const {
        check(proposer.learner().log(), sessions * credit_bytes_);
    }
    void check(const Client& client) const;

private:
    void check(const InstanceLog& log, std::uint64_t staged_bytes) const;

    std::uint64_t piece_bytes_;   // at most
    std::uint64_t credit_bytes_;  // of one client
    std::uint64_t client_bytes_;
};

}  // namespace synod::sim

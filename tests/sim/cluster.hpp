#pragma once

#include <gtest/gtest.h>

#include "synod/sim/world.hpp"

namespace synod::sim {

inline constexpr Oracle kOracles[] = {Oracle::none, Oracle::lowest_id, Oracle::bully, Oracle::ble};

// A simulated cluster whose processes all run, and the verbs of the tests.
class Cluster : public World {
public:
    explicit Cluster(const ClusterOptions& options, trace::Sink* trace = nullptr) : World(options, trace) {}

    void start() { start_all(); }
    // Starts everybody and lets a leader emerge.
    void settle() {
        start_all();
        run_for(milliseconds(100));
    }
    void submit(std::uint64_t values_each, Duration interval = {}) {
        for (unsigned c = 0; c < options().clients; ++c)
            client(c).submit(values_each, interval);
    }
    [[nodiscard]] testing::AssertionResult delivers_all(Duration bound = milliseconds(5000)) {
        if (run_until([this] { return all_delivered(); }, bound)) return testing::AssertionSuccess();
        return testing::AssertionFailure() << "undelivered:" << undelivered();
    }
    // The first proposer that leads; null when none does.
    [[nodiscard]] Process* leader() {
        for (unsigned p = 0; p < options().proposers; ++p) {
            if (proposer(p).is_alive() && proposer(p).as<Proposer>().is_leading()) return &proposer(p);
        }
        return nullptr;
    }

private:
    ThrowOnBrokenInvariant throw_on_broken_invariant_;
};

}  // namespace synod::sim

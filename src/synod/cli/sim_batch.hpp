#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>

#include "synod/sim/swarm.hpp"

namespace synod::cli {

// Runs the histories of consecutive seeds on several threads, each history on one, and hands over what they
// came to in the order of the seeds: nothing that is made of the results depends on the number of threads.
class SimBatch {
public:
    struct Extent {
        std::uint64_t seed = 0;                                        // the first one
        std::optional<std::uint64_t> seeds;                            // how many at most
        std::optional<std::chrono::steady_clock::time_point> ends_at;  // no new one is begun after it
    };
    // Called by run(), on its thread.
    using Take = std::function<void(const sim::Result&)>;

    SimBatch(const Extent& extent, unsigned jobs) : extent_(extent), jobs_(jobs) {}

    void run(const Take& take);

private:
    std::optional<std::uint64_t> begin_next();
    void work();

    const Extent extent_;
    const unsigned jobs_;
    std::mutex mutex_;
    std::condition_variable done_;
    std::uint64_t begun_ = 0;                     // under the mutex, as all below
    unsigned working_ = 0;                        // threads
    std::map<std::uint64_t, sim::Result> ready_;  // by place in the batch
};

}  // namespace synod::cli

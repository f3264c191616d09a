#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "synod/cli/sim_options.hpp"
#include "synod/sim/swarm.hpp"

namespace synod::cli {

// What a batch of histories came to, all together.
struct SimSummary {
    // A failing history made as small as it can be.
    struct Smaller {
        std::string failure;
        unsigned attempts = 0;
        std::string scenario;
    };
    struct History {
        std::uint64_t seed = 0;
        std::uint64_t hash = 0;
        std::string failure;
        std::optional<Smaller> smaller;
        std::optional<std::uint64_t> healed_after_ns;  // nothing when it could not be asked for
    };
    // How long the histories took to deliver everything once they were healed.
    struct Healing {
        std::uint64_t median_ns = 0;
        std::uint64_t p99_ns = 0;
        std::uint64_t slowest_ns = 0;
        std::uint64_t slowest_seed = 0;
    };

    void add(const sim::Result& result);
    // The same for the same seeds; of one history its own.
    [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }
    [[nodiscard]] Healing healing() const;

    std::vector<History> histories;
    std::uint64_t failures = 0;
    std::uint64_t faulty = 0;
    std::uint64_t live = 0;
    std::uint64_t events = 0;
    std::uint64_t simulated_ns = 0;
    std::uint64_t instances = 0;
    std::uint64_t values = 0;
    sim::Coverage coverage;
    double seconds = 0;  // of wall time
    unsigned jobs = 1;

private:
    std::uint64_t hash_ = 0;
};

// What was met less often than that, for people.
std::vector<std::string> entries_below(const sim::Coverage& coverage, std::uint64_t least);

std::string text_of(const SimOptions& options, const SimSummary& summary, bool colour);
std::string json_of(const SimOptions& options, const SimSummary& summary);

}  // namespace synod::cli

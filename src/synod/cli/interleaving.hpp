#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace synod::cli {

// One client's values, as hashes, in the order in which it submitted them.
struct Submissions {
    std::span<const std::uint64_t> values;
    bool may_stop_early = false;  // the client was killed: a prefix may be all that was delivered
};

struct Interleaving {
    enum class Outcome {
        complete,       // an interleaving of all values of all clients (of a prefix, where that may be)
        prefixes,       // an interleaving, but some client's last values are missing
        impossible,     // no interleaving of prefixes of the clients' sequences
        not_decidable,  // equal values in several clients allow too many ways to look at all of them
    };
    Outcome outcome = Outcome::impossible;
    std::vector<std::size_t> taken;  // complete, prefixes: how many values of each client
    std::size_t furthest = 0;        // how many values of the sequence some attempt could explain
};

// Whether a sequence is an interleaving of the clients' sequences that keeps the order of each. Linear
// unless equal values in several clients leave a choice; then a depth-first search that remembers dead
// ends, and gives up after `steps_max` steps beyond the linear ones.
Interleaving find_interleaving(std::span<const std::uint64_t> sequence,
                               const std::vector<Submissions>& clients, std::size_t steps_max = 100'000'000);

}  // namespace synod::cli

#pragma once

#include <vector>

#include "synod/cli/checker.hpp"
#include "synod/cli/interleaving.hpp"

namespace synod::cli {

// Why a sequence is not what its clients submitted.
struct Explanation {
    std::uint64_t lost = 0;
    std::uint64_t duplicated = 0;
    std::uint64_t foreign = 0;
    std::uint64_t misordered = 0;
    std::vector<Finding> findings;
};

// REQUIRES: `found` says that the sequence is an interleaving of prefixes; names what is missing.
Explanation explain_missing(const LineFile& learner, const std::vector<LineFile>& clients,
                            const std::vector<Submissions>& submissions, const Interleaving& found);

// REQUIRES: `found` says that it is none, or that this could not be decided.
Explanation explain_sequence(const LineFile& learner, const std::vector<LineFile>& clients,
                             const std::vector<Submissions>& submissions, const Interleaving& found);

}  // namespace synod::cli

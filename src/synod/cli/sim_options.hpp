#pragma once

#include <cstdint>
#include <optional>

namespace synod::cli {

struct SimOptions {
    std::optional<std::uint64_t> seed;   // the first one; else one that nobody has tried yet
    std::optional<std::uint64_t> seeds;  // how many, from the first one on
    double minutes = 0;                  // not 0: as many as it takes
    unsigned jobs = 0;                   // threads; 0: one for each core
    bool coverage = false;
    bool json = false;
};

}  // namespace synod::cli

#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace synod::cli {

struct SimOptions {
    std::optional<std::uint64_t> seed;   // the first one; else one that nobody has tried yet
    std::optional<std::uint64_t> seeds;  // how many, from the first one on
    double minutes = 0;                  // not 0: as many as it takes
    unsigned jobs = 0;                   // threads; 0: one for each core
    std::string scenario;                // a file to act out instead
    std::string diagram;                 // of it: a file to draw
    bool chatter = false;                // in it: messages that say nothing new, too
    std::string trace;                   // of it, on standard output: text, all or json; or nothing
    bool coverage = false;
    std::uint64_t least = 0;  // that each entry of the coverage must reach
    bool json = false;
};

}  // namespace synod::cli

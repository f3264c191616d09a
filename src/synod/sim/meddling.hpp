#pragma once

#include <cstdint>
#include <vector>

#include "synod/core/time.hpp"

namespace synod::sim {

// What is done to some messages on purpose, told one by one; chance has no part in it.
struct Meddling {
    enum class Kind : std::uint8_t { lose, delay, duplicate };
    Kind kind = Kind::lose;
    std::uint8_t type = 0;           // of the messages meant
    std::vector<std::uint8_t> from;  // any of these
    std::vector<std::uint8_t> to;
    std::uint64_t times = 1;  // how many more: each receiver counts
    Duration by;              // how much later than usual they, or their repeats, arrive
};

}  // namespace synod::sim

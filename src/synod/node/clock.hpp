#pragma once

#include <ctime>

#include "synod/core/time.hpp"

namespace synod::node {

// CLOCK_MONOTONIC, the same for all processes of a host: latencies are measured across processes.
inline Time now() noexcept {
    timespec t{};
    ::clock_gettime(CLOCK_MONOTONIC, &t);
    return {static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(t.tv_nsec)};
}

}  // namespace synod::node

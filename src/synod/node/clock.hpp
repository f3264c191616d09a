#pragma once

#include <cstdint>
#include <ctime>

#include "synod/core/time.hpp"

namespace synod::node {

// CLOCK_MONOTONIC, the same for all processes of a host: latencies are measured across processes.
inline Time now() noexcept {
    timespec t{};
    ::clock_gettime(CLOCK_MONOTONIC, &t);
    return {static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(t.tv_nsec)};
}

// Milliseconds since 1970, by a clock that people set: what a command is told as its time.
inline std::int64_t unix_time_ms() noexcept {
    timespec t{};
    ::clock_gettime(CLOCK_REALTIME, &t);
    return std::int64_t{t.tv_sec} * 1000 + t.tv_nsec / 1'000'000;
}

}  // namespace synod::node

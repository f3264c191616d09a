#pragma once

#include <cstdint>

#include "synod/core/splitmix.hpp"
#include "synod/core/time.hpp"

namespace synod {

// The spread that keeps equals from acting in step. The core has no source of chance: the driver seeds
// this once, and the sequence is part of the role's state.
class Jitter {
public:
    explicit Jitter(std::uint64_t seed) noexcept : state_(seed) {}

    // A duration in [0, bound).
    Duration below(Duration bound) noexcept {
        const std::uint64_t x = splitmix(state_);
        return {bound.ns == 0 ? 0 : x % bound.ns};
    }
    [[nodiscard]] std::uint64_t state() const noexcept { return state_; }
    friend bool operator==(const Jitter&, const Jitter&) = default;

private:
    std::uint64_t state_;
};

}  // namespace synod

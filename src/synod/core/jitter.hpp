#pragma once

#include <cstdint>

#include "synod/core/time.hpp"

namespace synod {

// The spread that keeps equals from acting in step. The core has no source of chance: the driver seeds
// this once, and the sequence is part of the role's state (splitmix64: Steele, Lea, Flood, 2014).
class Jitter {
public:
    explicit Jitter(std::uint64_t seed) noexcept : state_(seed) {}

    // A duration in [0, bound).
    Duration below(Duration bound) noexcept {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t x = state_;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        x ^= x >> 31;
        return {bound.ns == 0 ? 0 : x % bound.ns};
    }
    [[nodiscard]] std::uint64_t state() const noexcept { return state_; }
    friend bool operator==(const Jitter&, const Jitter&) = default;

private:
    std::uint64_t state_;
};

}  // namespace synod

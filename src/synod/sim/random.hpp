#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "synod/core/splitmix.hpp"
#include "synod/core/time.hpp"

namespace synod::sim {

// The only source of chance in a simulated world. Integers alone, and no std distribution, whose results
// differ between libraries: a seed names one history on every machine.
// xoshiro256** (Blackman, Vigna, 2018), filled by splitmix64.
class Random {
public:
    explicit constexpr Random(std::uint64_t seed) noexcept {
        for (std::uint64_t& word : state_)
            word = splitmix(seed);
    }

    constexpr std::uint64_t next() noexcept {
        const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
        const std::uint64_t shifted = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }
    // In [0, bound); 0 when bound is 0.
    constexpr std::uint64_t below(std::uint64_t bound) noexcept { return bound == 0 ? 0 : next() % bound; }
    // In [low, high]. REQUIRES: low <= high.
    constexpr std::uint64_t between(std::uint64_t low, std::uint64_t high) noexcept {
        return low + below(high - low + 1);
    }
    constexpr Duration between(Duration low, Duration high) noexcept { return {between(low.ns, high.ns)}; }
    // In [low, high], each order of magnitude as likely as any other. REQUIRES: 0 < low <= high.
    constexpr std::uint64_t log_between(std::uint64_t low, std::uint64_t high) noexcept {
        const auto bits = static_cast<std::uint64_t>(std::bit_width(high / low)) - 1;
        const std::uint64_t floor = low << below(bits + 1);
        return between(floor, floor * 2 > high ? high : floor * 2 - 1);
    }
    // Never draws for 0, so that a fault that is off leaves the other draws as they are.
    constexpr bool chance_ppm(std::uint32_t parts_per_million) noexcept {
        return parts_per_million != 0 && below(1'000'000) < parts_per_million;
    }
    constexpr bool percent(std::uint32_t percent) noexcept { return below(100) < percent; }
    // A source of its own for a part of the world.
    constexpr Random fork() noexcept { return Random(next()); }

private:
    std::array<std::uint64_t, 4> state_{};
};

}  // namespace synod::sim

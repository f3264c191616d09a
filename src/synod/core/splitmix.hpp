#pragma once

#include <cstdint>

namespace synod {

// splitmix64 (Steele, Lea, Flood, 2014).

// Every bit of the result depends on every bit of the argument.
constexpr std::uint64_t mix(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

inline constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15;  // 2^64 over the golden ratio

// The next number of a sequence that seems to be without order; `state` begins as its seed.
constexpr std::uint64_t splitmix(std::uint64_t& state) noexcept {
    state += kGolden;
    return mix(state);
}

}  // namespace synod

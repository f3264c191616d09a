#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "synod/core/bytes.hpp"
#include "synod/core/splitmix.hpp"

namespace synod::sim {

// 64 bits of a byte string, the same on every machine. Four lanes, since a value is hashed at every learner.
inline std::uint64_t hash_of(Bytes bytes) noexcept {
    std::array<std::uint64_t, 4> lanes{1, 2, 3, bytes.size()};
    for (; bytes.size() >= 32; bytes = bytes.subspan(32)) {
        for (std::size_t k = 0; k < 4; ++k) {
            lanes[k] = std::rotl((lanes[k] ^ load<std::uint64_t>(bytes.data() + 8 * k)) * kGolden, 29);
        }
    }
    for (std::size_t k = 0; !bytes.empty(); ++k) {
        std::array<std::byte, 8> tail{};
        const std::size_t size = std::min<std::size_t>(8, bytes.size());
        std::memcpy(tail.data(), bytes.data(), size);
        lanes[k] = std::rotl((lanes[k] ^ load<std::uint64_t>(tail.data())) * kGolden, 29);
        bytes = bytes.subspan(size);
    }
    std::uint64_t hash = 0;
    for (const std::uint64_t lane : lanes) {
        hash = (hash ^ lane) * kGolden;
        hash ^= hash >> 32;
    }
    return hash;
}

}  // namespace synod::sim

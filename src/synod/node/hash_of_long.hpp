#pragma once

#include <cstdint>

#include "synod/core/bytes.hpp"

namespace synod::node {

// XXH3, with the widest vectors that the processor has: three times as fast as what can be inlined for any
// processor, once the bytes are many.
[[nodiscard]] std::uint64_t hash_of_long(Bytes bytes, std::uint64_t seed) noexcept;

}  // namespace synod::node

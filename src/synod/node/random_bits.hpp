#pragma once

#include <cstdint>

namespace synod::node {

// From the system. Throws std::system_error.
[[nodiscard]] std::uint64_t random_bits();

}  // namespace synod::node

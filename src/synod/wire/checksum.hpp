#pragma once

#include <cstdint>

#include "synod/core/bytes.hpp"

namespace synod::wire {

// CRC32C (Castagnoli), of bytes that come in pieces.
class Checksum {
public:
    Checksum& add(Bytes bytes) noexcept;
    [[nodiscard]] std::uint32_t value() const noexcept { return ~state_; }

private:
    std::uint32_t state_ = ~std::uint32_t{0};
};

}  // namespace synod::wire

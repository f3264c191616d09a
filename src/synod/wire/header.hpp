#pragma once

#include <cstdint>

#include "synod/core/bytes.hpp"
#include "synod/wire/sizes.hpp"

namespace synod::wire {

inline constexpr std::uint16_t kMagic = 0x5953;  // "SY"
inline constexpr std::uint8_t kVersion = 2;

// What stands before every message, field by field. The checksum covers all but itself, up to `length` bytes
// from the start of the datagram.
struct Header {
    std::uint16_t magic = kMagic;
    std::uint8_t version = kVersion;
    std::uint8_t type = 0;
    std::uint32_t checksum = 0;
    std::uint32_t length = 0;  // bytes of header and body, without padding
    std::uint8_t role = 0;
    std::uint8_t flags = 0;  // 0 in this version
    std::uint16_t id = 0;
    std::uint64_t cluster = 0;
    std::uint64_t run = 0;
    std::uint64_t incarnation = 0;
    std::uint32_t sequence = 0;
    std::uint32_t reserved = 0;  // 0 in this version
};
inline constexpr std::size_t kChecksumOffset = 4;
inline constexpr std::size_t kCheckedOffset = 8;

// REQUIRES: kHeaderBytes bytes.
void write_header(const Header& header, std::byte* to) noexcept;
[[nodiscard]] Header read_header(const std::byte* from) noexcept;
// Of the datagram whole||rest, padding not included. REQUIRES: kHeaderBytes bytes in `whole`.
[[nodiscard]] std::uint32_t checksum_of(Bytes whole, Bytes rest = {}) noexcept;

}  // namespace synod::wire

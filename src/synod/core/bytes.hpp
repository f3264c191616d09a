#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace synod {

// A view of bytes that somebody else owns.
using Bytes = std::span<const std::byte>;

inline bool equal(Bytes a, Bytes b) noexcept {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}
inline Bytes as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
inline std::string_view as_text(Bytes bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Integers in byte strings are little-endian and unaligned, in batches and on the wire alike.
template <typename T>
[[nodiscard]] T load(const std::byte* from) noexcept {
    static_assert(std::is_unsigned_v<T> && std::endian::native == std::endian::little);
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}
template <typename T>
void store(std::byte* to, T value) noexcept {
    static_assert(std::is_unsigned_v<T> && std::endian::native == std::endian::little);
    std::memcpy(to, &value, sizeof value);
}

}  // namespace synod

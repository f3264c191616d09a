#pragma once

#include <bit>
#include <concepts>
#include <string>
#include <string_view>
#include <utility>

#include "synod/core/bytes.hpp"

namespace synod::rsm {

// Operations and snapshots are made of integers, little-endian; lengths, 7 bits a byte from the lowest on,
// the top bit set when more follow; and texts, their length before them.
class Encoder {
public:
    explicit Encoder(std::string& out) noexcept : out_(out) {}

    template <std::unsigned_integral T>
    void integer(T value) {
        std::byte bytes[sizeof value];
        store(bytes, value);
        out_.append(as_text(bytes));
    }
    void signed_integer(std::int64_t value) { integer(std::bit_cast<std::uint64_t>(value)); }
    void length(std::size_t value) {
        for (; value >= 0x80; value >>= 7)
            out_.push_back(static_cast<char>(value | 0x80));
        out_.push_back(static_cast<char>(value));
    }
    void text(std::string_view bytes) {
        length(bytes.size());
        out_.append(bytes);
    }

private:
    std::string& out_;
};

// Reads them one after the other, and nothing beyond the end: what is not there reads as nothing, and makes
// the whole malformed. Texts are views of the bytes that are read.
class Decoder {
public:
    explicit Decoder(Bytes bytes) noexcept : left_(as_text(bytes)) {}

    template <std::unsigned_integral T>
    [[nodiscard]] T integer() noexcept {
        const std::string_view bytes = take(sizeof(T));
        return bytes.empty() ? T{} : load<T>(as_bytes(bytes).data());
    }
    [[nodiscard]] std::int64_t signed_integer() noexcept {
        return std::bit_cast<std::int64_t>(integer<std::uint64_t>());
    }
    [[nodiscard]] std::size_t length() noexcept {
        std::size_t value = 0;
        for (unsigned shift = 0; shift < 63; shift += 7) {
            const auto byte = integer<std::uint8_t>();
            value |= std::size_t{byte & 0x7fU} << shift;
            if (byte < 0x80) return value;
        }
        well_formed_ = false;
        return 0;
    }
    // How many parts follow, of at least `bytes_min` bytes each: a count that the rest could not hold is
    // none.
    [[nodiscard]] std::size_t count(std::size_t bytes_min) noexcept {
        const std::size_t value = length();
        well_formed_ = well_formed_ && value <= left_.size() / bytes_min;
        return well_formed_ ? value : 0;
    }
    [[nodiscard]] std::string_view text() noexcept { return take(length()); }
    // All that is left.
    [[nodiscard]] std::string_view rest() noexcept { return take(left_.size()); }

    [[nodiscard]] bool well_formed() const noexcept { return well_formed_; }
    // Every part was there, and nothing else.
    [[nodiscard]] bool complete() const noexcept { return well_formed_ && left_.empty(); }

private:
    [[nodiscard]] std::string_view take(std::size_t bytes) noexcept {
        if (bytes > left_.size()) {
            well_formed_ = false;
            left_ = {};
            return {};
        }
        const std::string_view taken = left_.substr(0, bytes);
        left_.remove_prefix(bytes);
        return taken;
    }

    std::string_view left_;
    bool well_formed_ = true;
};

}  // namespace synod::rsm

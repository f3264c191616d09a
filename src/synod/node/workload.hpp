#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "synod/core/bytes.hpp"

namespace synod::node {

// The values that a client makes itself: text without newlines, all of one size, which begins with
// `c<client>-<number>-`; the rest is letters that depend on client, number and place, so that pieces of
// two values, or two pieces of one, cannot be mixed up unseen. A value that is too small for this
// beginning consists of the last digits of its number, and such values repeat.
class ValueMaker {
public:
    ValueMaker(std::uint16_t client, std::size_t bytes);

    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

    // Cheapest with numbers that grow by one. REQUIRES: room for bytes() at `out`.
    void write(std::uint64_t number, std::byte* out) noexcept;
    [[nodiscard]] bool is(std::uint64_t number, Bytes value) noexcept;

    // The number that a value of this client bears at its beginning, whatever follows.
    [[nodiscard]] std::optional<std::uint64_t> number_in(Bytes value) const noexcept;

private:
    void go_to(std::uint64_t number) noexcept;
    void build_head() noexcept;
    [[nodiscard]] bool head_fits() const noexcept { return head_bytes_ <= bytes_; }
    [[nodiscard]] const char* filler() const noexcept;
    [[nodiscard]] bool is_last_digits(Bytes value) const noexcept;

    std::uint16_t client_;
    std::size_t bytes_;
    std::string letters_;  // a filler is these from some place on

    // The beginning of value `number_`, c<client>-<number>-. Nine times of ten only the last digit changes,
    // and it is kept by itself: to load many bytes, of which one was just stored, takes long.
    std::uint64_t number_ = 0;
    std::array<char, 32> head_{};  // up to the last digit
    std::byte last_digit_{'0'};
    std::size_t head_bytes_ = 0;  // with that and the dash
    std::size_t digits_begin_ = 0;
};

}  // namespace synod::node

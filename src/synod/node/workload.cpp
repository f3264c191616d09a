#include "synod/node/workload.hpp"

#include <algorithm>
#include <charconv>

namespace synod::node {
namespace {

constexpr std::size_t kShifts = 1024;  // a power of two
constexpr std::byte kDash{'-'};

std::string random_letters(std::size_t count) {
    std::string letters(count, ' ');
    std::uint64_t state = 0x5eed;
    for (char& letter : letters) {
        state = state * 6364136223846793005 + 1442695040888963407;
        letter = static_cast<char>('a' + (state >> 33) % 26);
    }
    return letters;
}

char* write_number(char* at, char* end, std::uint64_t number) {
    return std::to_chars(at, end, number).ptr;
}

}  // namespace

ValueMaker::ValueMaker(std::uint16_t client, std::size_t bytes)
    : client_(client), bytes_(bytes), letters_(random_letters(bytes + kShifts)) {
    build_head();
}

void ValueMaker::build_head() noexcept {
    char* const end = head_.data() + head_.size();
    char* at = head_.data();
    *at++ = 'c';
    at = write_number(at, end, client_);
    *at++ = '-';
    digits_begin_ = static_cast<std::size_t>(at - head_.data());
    at = write_number(at, end, number_);
    last_digit_ = static_cast<std::byte>(at[-1]);
    head_bytes_ = static_cast<std::size_t>(at - head_.data()) + 1;
}

void ValueMaker::go_to(std::uint64_t number) noexcept {
    if (number == number_) return;
    const bool last_digit_only = number == number_ + 1 && last_digit_ != std::byte{'9'};
    number_ = number;
    if (last_digit_only) {
        last_digit_ = static_cast<std::byte>(static_cast<unsigned>(last_digit_) + 1);
    } else {
        build_head();
    }
}

const char* ValueMaker::filler() const noexcept {
    return letters_.data() + (number_ * 7 + std::size_t{client_} * 131) % kShifts;
}

void ValueMaker::write(std::uint64_t number, std::byte* out) noexcept {
    go_to(number);
    if (head_fits()) {
        std::memcpy(out, head_.data(), head_bytes_ - 2);
        out[head_bytes_ - 2] = last_digit_;
        out[head_bytes_ - 1] = kDash;
        std::memcpy(out + head_bytes_, filler(), bytes_ - head_bytes_);
        return;
    }
    for (std::size_t i = bytes_; i > 0; --i, number /= 10)
        out[i - 1] = static_cast<std::byte>('0' + number % 10);
}

bool ValueMaker::is(std::uint64_t number, Bytes value) noexcept {
    if (value.size() != bytes_) return false;
    go_to(number);
    if (!head_fits()) return is_last_digits(value);
    const std::byte* at = value.data();
    return std::memcmp(at, head_.data(), head_bytes_ - 2) == 0 && at[head_bytes_ - 2] == last_digit_ &&
           at[head_bytes_ - 1] == kDash && std::memcmp(at + head_bytes_, filler(), bytes_ - head_bytes_) == 0;
}

bool ValueMaker::is_last_digits(Bytes value) const noexcept {
    std::uint64_t rest = number_;
    for (std::size_t i = bytes_; i > 0; --i, rest /= 10)
        if (value[i - 1] != static_cast<std::byte>('0' + rest % 10)) return false;
    return true;
}

std::optional<std::uint64_t> ValueMaker::number_in(Bytes value) const noexcept {
    if (value.size() < digits_begin_ || std::memcmp(value.data(), head_.data(), digits_begin_) != 0)
        return std::nullopt;
    const std::string_view digits = as_text(value.subspan(digits_begin_));
    std::uint64_t number = 0;
    const auto [after, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool whole = error == std::errc{} && after != digits.data() + digits.size() && *after == '-';
    return whole ? std::optional(number) : std::nullopt;
}

}  // namespace synod::node

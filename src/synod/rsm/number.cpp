#include "synod/rsm/number.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

namespace synod::rsm {

std::optional<std::int64_t> parse_integer(std::string_view text) noexcept {
    constexpr std::size_t kDigitsMax = 19;  // as many always fit into the 64 bits of `size`
    const bool negative = text.starts_with('-');
    const std::string_view digits = negative ? text.substr(1) : text;
    if (digits.empty() || digits.size() > kDigitsMax) return std::nullopt;
    if (digits[0] == '0' && text.size() > 1) return std::nullopt;
    std::uint64_t size = 0;
    for (const char c : digits) {
        const auto digit = static_cast<unsigned char>(c - '0');
        if (digit > 9) return std::nullopt;
        size = 10 * size + digit;
    }
    constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
    if (size > kMax + (negative ? 1 : 0)) return std::nullopt;
    return static_cast<std::int64_t>(negative ? 0 - size : size);
}

std::optional<long double> parse_float(std::string_view text) noexcept {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
    const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    if (hexadecimal) text.remove_prefix(2);
    if (hexadecimal && text.starts_with('-')) return std::nullopt;

    long double value = 0;
    const char* const end = text.data() + text.size();
    const auto format = hexadecimal ? std::chars_format::hex : std::chars_format::general;
    const auto result = std::from_chars(text.data(), end, value, format);
    if (result.ec != std::errc{} || result.ptr != end || std::isnan(value)) return std::nullopt;
    return negative ? -value : value;
}

std::string float_text(long double value) {
    std::string text = fmt::format("{:.17f}", value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text == "-0" ? "0" : text;
}

}  // namespace synod::rsm

#include "synod/rsm/number.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <system_error>

namespace synod::rsm {

std::optional<std::int64_t> parse_integer(std::string_view text) noexcept {
    const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
    if (digits.starts_with('0') && text.size() > 1) return std::nullopt;
    std::int64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value);
    if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
    return value;
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

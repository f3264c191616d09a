#include "synod/cli/text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace synod::cli {
namespace {

std::string escaped(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\\' || c == '\'')
            text += '\\', text += c;
        else if (c == '\t')
            text += "\\t";
        else if (byte < 0x20 || byte == 0x7f)
            text += fmt::format("\\x{:02x}", byte);
        else
            text += c;
    }
    return text;
}

// The number a text begins with, and what follows it.
template <typename T>
std::optional<T> leading(std::string_view text, std::string_view& rest) {
    T value{};
    const auto [after, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{}) return std::nullopt;
    rest = text.substr(static_cast<std::size_t>(after - text.data()));
    return value;
}

std::optional<unsigned> shift_of(std::string_view suffix) {
    if (suffix.empty() || suffix == "B") return 0;
    const std::string_view unit = suffix.substr(1);
    if (!unit.empty() && unit != "B" && unit != "iB") return std::nullopt;
    switch (suffix.front()) {
        case 'k':
        case 'K':
            return 10;
        case 'M':
            return 20;
        case 'G':
            return 30;
        default:
            return std::nullopt;
    }
}

}  // namespace

std::string shown(std::string_view bytes, std::size_t length_max) {
    if (bytes.size() <= length_max) return fmt::format("'{}'", escaped(bytes));
    const std::size_t tail = length_max / 4;
    return fmt::format("'{}...{}' ({} bytes)", escaped(bytes.substr(0, length_max - tail)),
                       escaped(bytes.substr(bytes.size() - tail)), bytes.size());
}

std::optional<std::uint64_t> parse_unsigned(std::string_view text, std::uint64_t min, std::uint64_t max) {
    std::string_view rest;
    const auto value = leading<std::uint64_t>(text, rest);
    return value && rest.empty() && *value >= min && *value <= max ? value : std::nullopt;
}

std::optional<double> parse_number(std::string_view text, double min, double max) {
    std::string_view rest;
    const auto value = leading<double>(text, rest);
    return value && rest.empty() && *value >= min && *value <= max ? value : std::nullopt;
}

std::optional<double> parse_seconds(std::string_view text) {
    if (text.ends_with('s')) text.remove_suffix(1);
    return parse_number(text, 0, 1e9);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    std::string_view suffix;
    const auto value = leading<std::uint64_t>(text, suffix);
    const auto shift = value ? shift_of(suffix) : std::nullopt;
    if (!shift || *value > (~std::uint64_t{0} >> *shift)) return std::nullopt;
    return *value << *shift;
}

std::optional<Duration> parse_duration(std::string_view text) {
    constexpr double kMax = 3600e9;
    std::string_view unit;
    const auto value = leading<double>(text, unit);
    const double ns = unit == "ms" ? 1e6 : 1e9;
    if (!value || (unit != "ms" && unit != "s") || !(*value * ns >= 1e6 && *value * ns <= kMax)) {
        return std::nullopt;
    }
    return Duration{static_cast<std::uint64_t>(std::llround(*value * ns))};
}

std::string to_text(Duration duration) {
    return fmt::format("{}ms", static_cast<double>(duration.ns) / 1e6);
}

std::optional<Oracle> parse_oracle(std::string_view text) {
    const auto* at = std::find(kOracleNames.begin(), kOracleNames.end(), text);
    return at == kOracleNames.end() ? std::nullopt
                                    : std::optional(static_cast<Oracle>(at - kOracleNames.begin()));
}

}  // namespace synod::cli

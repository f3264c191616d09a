#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace synod::rsm {

// Numbers as Redis reads and writes them; whatever the locale.

// The one way to write this number in decimal: no sign but a minus, no zero or space before it.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text) noexcept;

// Decimal, with an exponent or not, hexadecimal after 0x, "inf"; not "nan".
[[nodiscard]] std::optional<long double> parse_float(std::string_view text) noexcept;
// With 17 digits behind the point, and no zero at the end of them. REQUIRES: finite.
[[nodiscard]] std::string float_text(long double value);

}  // namespace synod::rsm

#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace synod::cli {

// What results look like, as people read them and as programs do.

// 1234567 as "1,234,567".
std::string grouped(std::uint64_t number);

// A name, a number, and what there is to say of it.
std::string table_line(std::string_view name, std::uint64_t value, std::string_view note);

// The colours of a terminal.
inline constexpr int kRed = 31;
inline constexpr int kGreen = 32;
inline constexpr int kYellow = 33;
// As it is, unless `colour`.
std::string painted(std::string_view text, int code, bool colour);

// One JSON object, on lines of its own. What is not UTF-8 in it is replaced.
std::string json_text(const nlohmann::ordered_json& json);

}  // namespace synod::cli

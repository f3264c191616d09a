#include "synod/cli/table.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace synod::cli {

std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t place = text.size(); place > 3; place -= 3)
        text.insert(place - 3, 1, ',');
    return text;
}

std::string table_line(std::string_view name, std::uint64_t value, std::string_view note) {
    return fmt::format("{:<10} {:>14}{}{}\n", name, grouped(value), note.empty() ? "" : "   ", note);
}

std::string painted(std::string_view text, int code, bool colour) {
    return colour ? fmt::format("\x1b[1;{}m{}\x1b[0m", code, text) : std::string(text);
}

std::string json_text(const nlohmann::ordered_json& json) {
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace synod::cli

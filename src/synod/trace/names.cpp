#include "synod/trace/names.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "synod/wire/type.hpp"

namespace synod::trace {

namespace {

constexpr std::array<std::string_view, kKinds> kKindNames{
    "started", "crashed",  "paused",      "resumed",   "gave_up",      "cut",      "mended",
    "sent",    "received", "lost",        "submitted", "promised",     "accepted", "chosen",
    "decided", "leads",    "stands_down", "delivered", "acknowledged", "note",     "violation"};
static_assert(!kKindNames.back().empty());

// What the papers have a name for is called by it.
constexpr auto kTypeNames = [] {
    auto names = wire::kTypeNames;
    names[3] = "1A";  // Prepare
    names[4] = "1B";  // Promise
    names[5] = "2A";  // Accept
    names[6] = "2B";  // Accepted
    return names;
}();

template <std::size_t kSize>
std::optional<std::size_t> place_in(const std::array<std::string_view, kSize>& names, std::string_view name) {
    const auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) return std::nullopt;
    return static_cast<std::size_t>(at - names.begin());
}

}  // namespace

std::string name_of(const Who& who) {
    const std::string role(name_of(who.role));
    return who.group ? role + "s" : role + " " + std::to_string(who.id);
}

std::optional<Who> parse_who(std::string_view text) {
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) {
        if (text.empty() || text.back() != 's') return std::nullopt;
        const auto role = place_in(kRoleNames, text.substr(0, text.size() - 1));
        if (!role) return std::nullopt;
        return Who{static_cast<Role>(*role), 0, true};
    }
    const auto role = place_in(kRoleNames, text.substr(0, space));
    const std::string_view number = text.substr(space + 1);
    std::uint16_t id = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), id);
    if (!role || error != std::errc() || end != number.data() + number.size()) return std::nullopt;
    return Who{static_cast<Role>(*role), id, false};
}

std::string_view name_of(Kind kind) noexcept {
    return kKindNames[static_cast<std::size_t>(kind)];
}

std::optional<Kind> parse_kind(std::string_view text) {
    const auto place = place_in(kKindNames, text);
    if (!place) return std::nullopt;
    return static_cast<Kind>(*place);
}

std::string_view name_of_type(std::uint8_t type) noexcept {
    return kTypeNames.at(type);
}

std::optional<std::uint8_t> parse_type(std::string_view text) noexcept {
    const auto place = place_in(kTypeNames, text);
    if (!place || *place == 0) return std::nullopt;
    return static_cast<std::uint8_t>(*place);
}

}  // namespace synod::trace

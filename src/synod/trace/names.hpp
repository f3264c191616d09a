#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "synod/trace/event.hpp"

namespace synod::trace {

// "acceptor 1", "acceptors".
[[nodiscard]] std::string name_of(const Who& who);
[[nodiscard]] std::optional<Who> parse_who(std::string_view text);

// "sent", "promised"...
[[nodiscard]] std::string_view name_of(Kind kind) noexcept;
[[nodiscard]] std::optional<Kind> parse_kind(std::string_view text);

// The papers' name of a message by its type on the wire: "2A".
[[nodiscard]] std::string_view name_of_type(std::uint8_t type) noexcept;
[[nodiscard]] std::optional<std::uint8_t> parse_type(std::string_view text) noexcept;

}  // namespace synod::trace

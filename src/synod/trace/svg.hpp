#pragma once

#include <string>
#include <string_view>

#include "synod/trace/layout.hpp"

namespace synod::trace {

// Text inside XML.
[[nodiscard]] std::string escaped(std::string_view text);
[[nodiscard]] std::string draw_svg(const Layout& layout, const std::string& title);

}  // namespace synod::trace

#pragma once

#include <string>
#include <vector>

#include "synod/trace/event.hpp"
#include "synod/trace/layout.hpp"

namespace synod::trace {

// A space-time diagram of what happened. Both stand by themselves: no other file, font or network is needed;
// both are legible on light and on dark, and without colours.
[[nodiscard]] std::string draw_svg(const std::vector<Event>& events, const DiagramOptions& options);
// With details of what the pointer is on, and to be zoomed.
[[nodiscard]] std::string draw_html(const std::vector<Event>& events, const DiagramOptions& options);

}  // namespace synod::trace

#pragma once

#include <string>
#include <vector>

#include "synod/trace/layout.hpp"

namespace synod::cli {

// Draws what happened into a file: SVG, or HTML when its name ends so. Throws a UsageError when it cannot.
void write_diagram(const std::vector<trace::Event>& events, const trace::DiagramOptions& options,
                   const std::string& path);

// Throws a UsageError unless a diagram can have this name.
void check_diagram_name(const std::string& path);

}  // namespace synod::cli

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "synod/trace/layout.hpp"

namespace synod::cli {

// The trace in a file, in any of its formats. Throws a UsageError that names the file and what is wrong.
[[nodiscard]] std::vector<trace::Event> read_trace_file(const std::string& path);

// Draws what happened into a file: SVG, or HTML when its name ends so. Throws a UsageError when it cannot.
void write_diagram(const std::vector<trace::Event>& events, const trace::DiagramOptions& options,
                   const std::string& path);

// Throws a UsageError unless a diagram can have this name.
void check_diagram_name(const std::string& path);

// As much of a long trace as can be looked at: from so many seconds after its beginning on, or about the
// first kill, or the beginning. Says on standard error what is left out.
void draw_excerpt(const std::vector<trace::Event>& events, const trace::DiagramOptions& options,
                  std::optional<double> from_seconds, const std::string& path);

}  // namespace synod::cli

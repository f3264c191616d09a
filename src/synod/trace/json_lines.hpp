#pragma once

#include <istream>
#include <ostream>
#include <vector>

#include "synod/trace/event.hpp"
#include "synod/trace/fields.hpp"

namespace synod::trace {

// A trace as JSON, one event a line: docs/trace-format.md.
void write_json_lines(const std::vector<Event>& events, std::ostream& out);

// Throws a FormatError that says which line, and why.
[[nodiscard]] std::vector<Event> read_json_lines(std::istream& in);

}  // namespace synod::trace

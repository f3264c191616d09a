#pragma once

#include <istream>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "synod/trace/event.hpp"

namespace synod::trace {

// A trace as JSON, one event a line: docs/trace-format.md.
[[nodiscard]] std::string json_line(const Event& event);  // with its newline
void write_json_lines(const std::vector<Event>& events, std::ostream& out);

// What was read is no trace; says which line and why.
struct FormatError : std::runtime_error {
    using std::runtime_error::runtime_error;
};
[[nodiscard]] std::vector<Event> read_json_lines(std::istream& in);

}  // namespace synod::trace

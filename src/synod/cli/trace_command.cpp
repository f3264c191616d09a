#include "synod/cli/trace_command.hpp"

#include <fmt/format.h>

#include <iostream>

#include "synod/cli/trace_output.hpp"
#include "synod/trace/json_lines.hpp"
#include "synod/trace/text.hpp"

namespace synod::cli {

int trace_command(const TraceOptions& given) {
    if (!given.diagram.empty()) check_diagram_name(given.diagram);
    const std::vector<trace::Event> events = read_trace_file(given.file);
    if (!given.diagram.empty())
        draw_excerpt(events, {.title = given.file, .chatter = given.chatter}, given.from_seconds,
                     given.diagram);
    else if (given.json)
        trace::write_json_lines(events, std::cout);
    else
        fmt::print("{}", trace::text_of(events, {.chatter = given.chatter, .receptions = given.chatter}));
    return 0;
}

}  // namespace synod::cli

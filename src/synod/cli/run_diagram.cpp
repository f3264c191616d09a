#include "synod/cli/run_diagram.hpp"

#include <fmt/format.h>

#include <sstream>

#include "synod/cli/table.hpp"
#include "synod/cli/trace_output.hpp"
#include "synod/node/process_trace.hpp"
#include "synod/trace/compact.hpp"
#include "synod/trace/story.hpp"

namespace synod::cli {
namespace {

trace::Event crash_of(const MemberResult& member) {
    trace::Event crash;
    crash.at = Time{member.killed_at_ns};
    crash.kind = trace::Kind::crashed;
    crash.process = trace::Who{member.role, static_cast<std::uint16_t>(member.id), false};
    return crash;
}

std::vector<trace::Event> trace_of(const MemberResult& member, const LogDirectory& directory) {
    auto events = read_trace_file(directory.file_of(member.role, member.id, ".trace"));
    if (events.size() == node::ProcessTrace::kEventsMax)
        fmt::print(stderr, "{} {} was traced only up to its {}th event\n", name_of(member.role), member.id,
                   grouped(events.size()));
    if (member.killed) events.push_back(crash_of(member));
    return events;
}

std::string compact(const std::vector<trace::Event>& events) {
    std::ostringstream out;
    trace::CompactWriter writer(out);
    for (const trace::Event& event : events)
        writer.add(event);
    return out.str();
}

}  // namespace

void draw_run(const RunOptions& options, const RunResult& result, const LogDirectory& directory) {
    std::vector<std::vector<trace::Event>> traces;
    for (const MemberResult& member : result.members)
        traces.push_back(trace_of(member, directory));
    const std::vector<trace::Event> events = trace::merged(std::move(traces), options.acceptors);
    directory.write("run.trace", compact(events));
    const std::string title = fmt::format("synod run: {} values of {} client{}", grouped(result.submitted),
                                          options.clients, options.clients == 1 ? "" : "s");
    draw_excerpt(events, {.title = title, .chatter = options.chatter}, std::nullopt, options.diagram);
}

}  // namespace synod::cli

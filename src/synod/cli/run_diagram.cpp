#include "synod/cli/run_diagram.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "synod/cli/table.hpp"
#include "synod/cli/trace_output.hpp"
#include "synod/node/process_trace.hpp"
#include "synod/trace/json_lines.hpp"
#include "synod/trace/names.hpp"
#include "synod/trace/story.hpp"

namespace synod::cli {
namespace {

constexpr std::size_t kEventsDrawn = 800;            // more than that nobody looks at
constexpr std::uint64_t kBeforeKillNs = 10'000'000;  // what a kill interrupts is worth a look

// The last line of a process that was killed may be half a line.
std::vector<trace::Event> read_trace(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(stream), {});
    text.erase(text.rfind('\n') + 1);
    std::istringstream lines(text);
    return trace::read_json_lines(lines);
}

trace::Event crash_of(const MemberResult& member) {
    trace::Event crash;
    crash.at = Time{member.killed_at_ns};
    crash.kind = trace::Kind::crashed;
    crash.process = trace::Who{member.role, static_cast<std::uint16_t>(member.id), false};
    return crash;
}

class RunDiagram {
public:
    RunDiagram(const RunOptions& options, const RunResult& result, const LogDirectory& directory)
        : options_(options), result_(result), directory_(directory) {}

    void draw() {
        read();
        std::ostringstream lines;
        trace::write_json_lines(events_, lines);
        directory_.write("run.trace", lines.str());
        const auto shown = options_.chatter ? events_ : trace::without_chatter(events_);
        const std::size_t begin = begin_in(shown);
        const std::size_t count = std::min(kEventsDrawn, shown.size() - begin);
        std::string title = fmt::format("synod run: {} values of {} client{}", grouped(result_.submitted),
                                        options_.clients, options_.clients == 1 ? "" : "s");
        if (count < shown.size()) {
            const std::string part = fmt::format("events {} to {} of {}", grouped(begin + 1),
                                                 grouped(begin + count), grouped(shown.size()));
            fmt::print(stderr, "the diagram shows {}; --diagram-from SECONDS shows others\n", part);
            title += " (" + part + ")";
        }
        write_diagram(trace::window(shown, begin, count), {.title = title, .chatter = options_.chatter},
                      options_.diagram);
    }

private:
    void read() {
        std::vector<std::vector<trace::Event>> traces;
        for (const MemberResult& member : result_.members) {
            auto& events =
                traces.emplace_back(read_trace(directory_.file_of(member.role, member.id, ".trace")));
            if (events.size() == node::ProcessTrace::kEventsMax)
                fmt::print(stderr, "{} {} was traced only up to its {}th event\n",
                           trace::name_of(member.role), member.id, grouped(events.size()));
            if (!events.empty()) first_ = std::min(first_, events.front().at);
            if (member.killed) events.push_back(crash_of(member));
        }
        events_ = trace::merged(std::move(traces), options_.acceptors);
    }

    // Where to look: where the caller says, or just before the first kill.
    [[nodiscard]] std::size_t begin_in(const std::vector<trace::Event>& events) const {
        std::uint64_t from = 0;
        if (options_.diagram_from_seconds) {
            from = result_.course.clients_started_ns +
                   static_cast<std::uint64_t>(*options_.diagram_from_seconds * 1e9);
        } else {
            for (const MemberResult& member : result_.members)
                if (member.killed && (from == 0 || member.killed_at_ns - kBeforeKillNs < from))
                    from = member.killed_at_ns - kBeforeKillNs;
        }
        const Time at{from > first_.ns ? from - first_.ns : 0};
        const auto found = std::lower_bound(events.begin(), events.end(), at,
                                            [](const trace::Event& event, Time t) { return event.at < t; });
        const auto last_page = events.size() - std::min(events.size(), kEventsDrawn);
        return std::min(static_cast<std::size_t>(found - events.begin()), last_page);
    }

    const RunOptions& options_;
    const RunResult& result_;
    const LogDirectory& directory_;
    Time first_ = kNever;  // event of all
    std::vector<trace::Event> events_;
};

}  // namespace

void draw_run(const RunOptions& options, const RunResult& result, const LogDirectory& directory) {
    RunDiagram(options, result, directory).draw();
}

}  // namespace synod::cli

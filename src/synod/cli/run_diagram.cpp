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

constexpr std::size_t kEventsDrawn = 800;  // more than that nobody looks at
constexpr std::size_t kEventsBeforeKill = kEventsDrawn / 4;

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

    // Where to look: where the caller says, or about the first kill, or at the beginning; a whole page if
    // there is one.
    [[nodiscard]] std::size_t begin_in(const std::vector<trace::Event>& events) const {
        const std::size_t begin = options_.diagram_from_seconds
                                      ? place_of(*options_.diagram_from_seconds, events)
                                      : place_before_kill(events);
        return std::min(begin, events.size() - std::min(events.size(), kEventsDrawn));
    }
    [[nodiscard]] std::size_t place_of(double seconds, const std::vector<trace::Event>& events) const {
        const std::uint64_t at_ns =
            result_.course.clients_started_ns + static_cast<std::uint64_t>(seconds * 1e9) - first_.ns;
        const auto found = std::lower_bound(events.begin(), events.end(), Time{at_ns},
                                            [](const trace::Event& event, Time at) { return event.at < at; });
        return static_cast<std::size_t>(found - events.begin());
    }
    [[nodiscard]] static std::size_t place_before_kill(const std::vector<trace::Event>& events) {
        const auto kill = std::find_if(events.begin(), events.end(), [](const trace::Event& event) {
            return event.kind == trace::Kind::crashed;
        });
        if (kill == events.end()) return 0;
        const auto place = static_cast<std::size_t>(kill - events.begin());
        return place - std::min(place, kEventsBeforeKill);
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

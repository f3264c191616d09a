#include "synod/cli/trace_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "synod/cli/table.hpp"
#include "synod/cli/text.hpp"
#include "synod/trace/compact.hpp"
#include "synod/trace/diagram.hpp"
#include "synod/trace/story.hpp"

namespace synod::cli {
namespace {

constexpr std::size_t kEventsDrawn = 800;  // more than that nobody looks at
constexpr std::size_t kEventsBeforeKill = kEventsDrawn / 4;

std::size_t place_of(double seconds, const std::vector<trace::Event>& events) {
    const Time at{static_cast<std::uint64_t>(seconds * 1e9)};
    const auto found = std::lower_bound(events.begin(), events.end(), at,
                                        [](const trace::Event& event, Time time) { return event.at < time; });
    return static_cast<std::size_t>(found - events.begin());
}

// Or earlier: a whole page, if there is one.
std::size_t place_before_kill(const std::vector<trace::Event>& events) {
    const auto kill = std::find_if(events.begin(), events.end(), [](const trace::Event& event) {
        return event.kind == trace::Kind::crashed;
    });
    if (kill == events.end()) return 0;
    const auto place = static_cast<std::size_t>(kill - events.begin());
    return std::min(place - std::min(place, kEventsBeforeKill),
                    events.size() - std::min(events.size(), kEventsDrawn));
}

}  // namespace

std::vector<trace::Event> read_trace_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw UsageError(fmt::format("cannot read {}: {}", shown(path, 200), std::strerror(errno)));
    try {
        return trace::read_trace(in);
    } catch (const trace::FormatError& error) {
        throw UsageError(fmt::format("{} is no trace: {}", shown(path, 200), error.what()));
    }
}

void check_diagram_name(const std::string& path) {
    if (!path.ends_with(".svg") && !path.ends_with(".html"))
        throw UsageError("--diagram " + shown(path) + ": expected a name that ends in .svg or .html");
}

void write_diagram(const std::vector<trace::Event>& events, const trace::DiagramOptions& options,
                   const std::string& path) {
    check_diagram_name(path);
    std::ofstream out(path, std::ios::binary);
    out << (path.ends_with(".svg") ? draw_svg(events, options) : draw_html(events, options));
    out.close();
    if (!out) throw UsageError("--diagram " + shown(path) + " cannot be written");
}

void draw_excerpt(const std::vector<trace::Event>& events, const trace::DiagramOptions& options,
                  std::optional<double> from_seconds, const std::string& path) {
    const auto kept = options.chatter ? events : trace::without_chatter(events);
    const std::size_t begin = from_seconds ? place_of(*from_seconds, kept) : place_before_kill(kept);
    if (from_seconds && begin == kept.size())
        throw UsageError(fmt::format("--from {}: the trace ends before", *from_seconds));
    const std::size_t count = std::min(kEventsDrawn, kept.size() - begin);
    trace::DiagramOptions drawn = options;
    if (count < kept.size()) {
        const std::string part = fmt::format("events {} to {} of {}", grouped(begin + 1),
                                             grouped(begin + count), grouped(kept.size()));
        fmt::print(stderr, "the diagram shows {}; synod trace --diagram FILE --from SECONDS shows others\n",
                   part);
        drawn.title += " (" + part + ")";
    }
    write_diagram(trace::window(kept, begin, count), drawn, path);
}

}  // namespace synod::cli

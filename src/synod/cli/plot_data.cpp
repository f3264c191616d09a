#include "synod/cli/plot_data.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace synod::cli {
namespace {

constexpr double kNsPerMs = 1e6;

// The middle of an interval, or what of it lies within the run.
double middle_of(const RunResult& result, std::uint64_t interval) {
    const auto width = static_cast<std::int64_t>(result.timeline.width_ns());
    const auto begin =
        static_cast<std::int64_t>(interval) * width - static_cast<std::int64_t>(result.start_ns);
    return static_cast<double>(std::max<std::int64_t>(begin + width / 2, 0)) / 1e9;
}

}  // namespace

double seconds_after_start(const RunResult& result, std::uint64_t at_ns) {
    return static_cast<double>(static_cast<std::int64_t>(at_ns - result.start_ns)) / 1e9;
}

std::string cdf_data(const node::Histogram& latency) {
    std::string text = "# latency/ms share\n";
    std::uint64_t seen = 0;
    latency.for_each([&](std::uint64_t ns, std::uint64_t count) {
        seen += count;
        text += fmt::format("{:.6f} {:.9f}\n", static_cast<double>(ns) / kNsPerMs,
                            static_cast<double>(seen) / static_cast<double>(latency.count()));
    });
    return text;
}

std::string cartesian_data(const RunResult& result) {
    auto samples = result.timeline.samples();
    std::sort(samples.begin(), samples.end(), [](const auto& a, const auto& b) { return a.at_ns < b.at_ns; });
    std::string text = "# delivered/s latency/ms\n";
    for (const node::Timeline::Sample& sample : samples)
        text += fmt::format("{:.6f} {:.6f}\n", seconds_after_start(result, sample.at_ns),
                            static_cast<double>(sample.latency_ns) / kNsPerMs);
    return text;
}

std::string throughput_data(const RunResult& result) {
    const node::Timeline& timeline = result.timeline;
    const double per_second = 1e9 / static_cast<double>(timeline.width_ns()) / std::max(1U, result.timelines);
    std::string text = "# middle/s values/s longest_latency/ms\n";
    for (std::size_t k = 0; k < timeline.intervals().size(); ++k) {
        const node::Timeline::Interval& interval = timeline.intervals()[k];
        text += fmt::format("{:.6f} {:.1f} {:.6f}\n", middle_of(result, timeline.first() + k),
                            static_cast<double>(interval.values) * per_second,
                            static_cast<double>(interval.latency_ns_max) / kNsPerMs);
    }
    return text;
}

std::string events_data(const RunResult& result, const node::Faults& faults) {
    std::string text = "# s role id what\n0.000000 clients all start\n";
    const auto injected = [&text](std::string_view fault, double rate) {
        if (rate > 0) text += fmt::format("0.000000 {} {} injected\n", fault, rate);
    };
    injected("loss", faults.loss);
    injected("duplication", faults.duplicate);
    injected("reordering", faults.reorder);
    for (const RunEvent& event : result.course.events)
        if (event.at_ns >= result.start_ns)
            text += fmt::format("{:.6f} {}\n", seconds_after_start(result, event.at_ns), event.what);
    return text;
}

void write_plot_data(const RunResult& result, const node::Faults& faults, const LogDirectory& directory) {
    directory.write("plot_cdf.dat", cdf_data(result.latency));
    directory.write("plot_cartesian.dat", cartesian_data(result));
    directory.write("plot_throughput.dat", throughput_data(result));
    directory.write("plot_events.dat", events_data(result, faults));
}

}  // namespace synod::cli

#include "synod/cli/sim_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <thread>

#include "synod/cli/progress_bar.hpp"
#include "synod/cli/sim_batch.hpp"
#include "synod/cli/sim_report.hpp"
#include "synod/cli/sim_scenario.hpp"
#include "synod/cli/table.hpp"
#include "synod/sim/shrink.hpp"

namespace synod::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kSeedsUsually = 100;
constexpr std::uint64_t kShrinkEvents = 200'000'000;  // less than a minute
constexpr auto kRedraw = std::chrono::milliseconds(100);

double seconds_since(Clock::time_point began) {
    return std::chrono::duration<double>(Clock::now() - began).count();
}

// Short enough to be read out; the chance that somebody tried it before is small.
std::uint64_t fresh_seed() {
    return std::random_device{}();
}

SimBatch::Extent extent_of(const SimOptions& given, Clock::time_point began) {
    SimBatch::Extent extent{given.seed.value_or(0), given.seeds, std::nullopt};
    if (!given.seed) extent.seed = fresh_seed();
    if (given.minutes > 0) {
        extent.ends_at = began + std::chrono::duration_cast<Clock::duration>(
                                     std::chrono::duration<double>(given.minutes * 60));
    } else if (!given.seeds) {
        extent.seeds = given.seed ? 1 : kSeedsUsually;
    }
    return extent;
}

// How far a batch is, by whichever of its ends comes first.
class SimProgressBar {
public:
    SimProgressBar(const SimBatch::Extent& extent, double minutes, Clock::time_point began)
        : extent_(extent), seconds_(minutes * 60), began_(began) {}

    void show(const SimSummary& summary) {
        if (!bar_.visible() || Clock::now() < next_) return;
        next_ = Clock::now() + kRedraw;
        const std::uint64_t done = summary.histories.size();
        const double by_time = seconds_ > 0 ? seconds_since(began_) / seconds_ : 0;
        const double by_count =
            extent_.seeds ? static_cast<double>(done) / static_cast<double>(*extent_.seeds) : 0;
        bar_.show(std::max(by_time, by_count),
                  fmt::format("{} seeds  {} failures", grouped(done), grouped(summary.failures)));
    }

private:
    const SimBatch::Extent& extent_;
    double seconds_;
    Clock::time_point began_;
    Clock::time_point next_;
    ProgressBar bar_;
};

// The first one: the others are often the same.
void make_smaller(SimSummary& summary) {
    const auto failed = std::find_if(summary.histories.begin(), summary.histories.end(),
                                     [](const auto& history) { return !history.failure.empty(); });
    if (failed == summary.histories.end()) return;
    const sim::Shrunk shrunk = sim::shrink(
        sim::draw_plan(failed->seed), [](const sim::Plan& plan) { return sim::run_plan(plan, {}); },
        kShrinkEvents);
    failed->smaller = {shrunk.result.failure, shrunk.attempts, text_of(shrunk.plan)};
}

// Each with the command that repeats it.
void explain_failures(const SimSummary& summary) {
    for (const SimSummary::History& history : summary.histories) {
        if (history.failure.empty()) continue;
        fmt::print(stderr, "seed {}: {}\n  again: synod sim --seed {}\n", history.seed, history.failure,
                   history.seed);
        if (!history.smaller) continue;
        fmt::print(stderr,
                   "  smaller, after {} attempts: {}\n"
                   "  as a scenario, for synod sim --scenario FILE:\n\n{}\n",
                   history.smaller->attempts, history.smaller->failure, history.smaller->scenario);
    }
}

}  // namespace

int sim_command(const SimOptions& given) {
    if (!given.scenario.empty() || !given.diagram.empty() || !given.trace.empty()) return act_out(given);
    const Clock::time_point began = Clock::now();
    const SimBatch::Extent extent = extent_of(given, began);
    SimSummary summary;
    summary.jobs = given.jobs != 0 ? given.jobs : std::max(1u, std::thread::hardware_concurrency());
    {
        SimProgressBar progress(extent, given.minutes, began);
        SimBatch(extent, summary.jobs).run([&](const sim::Result& result) {
            summary.add(result);
            progress.show(summary);
        });
    }
    summary.seconds = seconds_since(began);
    make_smaller(summary);
    explain_failures(summary);
    fmt::print("{}",
               given.json ? json_of(given, summary) : text_of(given, summary, isatty(STDOUT_FILENO) == 1));
    const std::vector<std::string> rare = entries_below(summary.coverage, given.least);
    for (const std::string& entry : rare)
        fmt::print(stderr, "met too rarely: {}\n", entry);
    return summary.failures == 0 && rare.empty() ? 0 : 1;
}

}  // namespace synod::cli

#include "synod/cli/sim_scenario.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "synod/cli/table.hpp"
#include "synod/cli/text.hpp"
#include "synod/cli/trace_output.hpp"
#include "synod/sim/plan.hpp"
#include "synod/sim/scenario_run.hpp"
#include "synod/trace/json_lines.hpp"
#include "synod/trace/text.hpp"

namespace synod::cli {
namespace {

// More than can be looked at is not drawn: the end is what a failure is about.
constexpr std::size_t kScenarioEventsDrawn = 1500;

// The same history to the bit as the seed's own.
sim::Scenario scenario_of(std::uint64_t seed) {
    std::istringstream in(fmt::format("# Seed {}\n{}", seed, text_of(sim::draw_plan(seed))));
    return sim::read_scenario(in, fmt::format("seed {}", seed));
}

sim::Scenario read_scenario(const std::string& path) {
    std::ifstream in(path);
    if (!in) throw UsageError(fmt::format("cannot read {}: {}", shown(path, 200), std::strerror(errno)));
    try {
        return sim::read_scenario(in, path);
    } catch (const sim::ScenarioError& error) {
        throw UsageError(error.what());
    }
}

void print_trace(const std::vector<trace::Event>& events, const std::string& format) {
    if (format == "json") {
        trace::write_json_lines(events, std::cout);
    } else {
        fmt::print("{}", trace::text_of(events, {.chatter = format == "all", .receptions = format == "all"}));
    }
}

void draw(const std::vector<trace::Event>& events, trace::DiagramOptions options, const std::string& path) {
    if (events.size() <= kScenarioEventsDrawn) return write_diagram(events, options, path);
    options.title += fmt::format(" (the last {} of {} events)", kScenarioEventsDrawn, events.size());
    write_diagram({events.end() - kScenarioEventsDrawn, events.end()}, options, path);
}

void print_verdict(const SimOptions& given, const std::string& name, const sim::ScenarioResult& result) {
    const std::string hash = fmt::format("{:016x}", result.hash);
    if (given.json) {
        const nlohmann::ordered_json json{{"scenario", name}, {"hash", hash}, {"failure", result.failure}};
        fmt::print("{}", json_text(json));
    } else if (given.trace.empty()) {
        fmt::print("simulated {:.3f} ms\nhash      {}\nverdict   {}\n",
                   static_cast<double>(result.end.ns) / 1e6, hash, result.failure.empty() ? "ok" : "failure");
    }
    if (!result.failure.empty()) fmt::print(stderr, "{}\n", result.failure);
}

}  // namespace

int act_out(const SimOptions& given) {
    const bool one_seed = given.seed && !given.seeds && given.minutes == 0;
    if (given.scenario.empty() && !one_seed)
        throw UsageError("--trace and --diagram are of one history: expected --scenario FILE or --seed S");
    if (!given.diagram.empty()) check_diagram_name(given.diagram);
    const sim::Scenario scenario =
        given.scenario.empty() ? scenario_of(*given.seed) : read_scenario(given.scenario);
    const sim::ScenarioResult result = run_scenario(scenario);
    if (!given.trace.empty()) print_trace(result.events, given.trace);
    if (!given.diagram.empty())
        draw(result.events, {.title = scenario.title, .chatter = given.chatter}, given.diagram);
    print_verdict(given, scenario.name, result);
    return result.failure.empty() ? 0 : 1;
}

}  // namespace synod::cli

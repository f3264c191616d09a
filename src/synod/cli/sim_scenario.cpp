#include "synod/cli/sim_scenario.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "synod/cli/text.hpp"
#include "synod/cli/trace_output.hpp"
#include "synod/sim/scenario_run.hpp"
#include "synod/trace/json_lines.hpp"
#include "synod/trace/text.hpp"

namespace synod::cli {
namespace {

// The first sentence of its comment says what it shows.
std::string title_of(const std::string& path) {
    std::ifstream in(path);
    std::string line;
    std::getline(in, line);
    return line.starts_with("# ") ? line.substr(2) : path;
}

sim::Scenario read(const std::string& path) {
    std::ifstream in(path);
    if (!in) throw UsageError("--scenario " + shown(path) + " cannot be read");
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

void print_verdict(const SimOptions& given, const sim::ScenarioResult& result) {
    const std::string hash = fmt::format("{:016x}", result.hash);
    if (given.json) {
        const nlohmann::ordered_json json{
            {"scenario", given.scenario}, {"hash", hash}, {"failure", result.failure}};
        fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    } else if (given.trace.empty()) {
        fmt::print("simulated {:.3f} ms\nhash      {}\nverdict   {}\n",
                   static_cast<double>(result.end.ns) / 1e6, hash, result.failure.empty() ? "ok" : "failure");
    }
    if (!result.failure.empty()) fmt::print(stderr, "{}\n", result.failure);
}

}  // namespace

int run_scenario_file(const SimOptions& given) {
    if (!given.diagram.empty()) check_diagram_name(given.diagram);
    const sim::ScenarioResult result = run_scenario(read(given.scenario));
    if (!given.trace.empty()) print_trace(result.events, given.trace);
    if (!given.diagram.empty()) write_diagram(result.events, title_of(given.scenario), given.diagram);
    print_verdict(given, result);
    return result.failure.empty() ? 0 : 1;
}

}  // namespace synod::cli

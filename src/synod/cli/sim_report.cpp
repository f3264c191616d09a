#include "synod/cli/sim_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "synod/cli/table.hpp"
#include "synod/core/splitmix.hpp"

namespace synod::cli {
namespace {

using Json = nlohmann::ordered_json;

// A 64-bit number does not survive every reader of JSON.
std::string hex(std::uint64_t hash) {
    return fmt::format("{:016x}", hash);
}

double seconds_of(std::uint64_t ns) {
    return static_cast<double>(ns) / 1e9;
}

std::string count_of(std::uint64_t value, std::string_view thing) {
    return fmt::format("{} {}{}", grouped(value), thing, value == 1 ? "" : "s");
}

// Messages that nobody ever sent are left out of the tables.
std::vector<std::uint8_t> types_of(const sim::Coverage& coverage) {
    std::vector<std::uint8_t> types;
    for (std::uint8_t type = 1; type <= wire::kTypes; ++type)
        if (coverage.sends[type] > 0) types.push_back(type);
    return types;
}

std::string faults_table(const sim::Coverage& coverage) {
    std::string text = fmt::format("{:<18}{:>10}", "message", "sent");
    for (std::size_t f = 0; f < sim::kFaults; ++f)
        text += fmt::format("{:>11}", name_of(static_cast<sim::Fault>(f)));
    for (const std::uint8_t type : types_of(coverage)) {
        text += fmt::format("\n{:<18}{:>10}", wire::kTypeNames[type], coverage.sends[type]);
        for (const auto& counts : coverage.faults)
            text += fmt::format("{:>11}", counts[type]);
    }
    return text + "\n";
}

std::string branches_table(const sim::Coverage& coverage) {
    constexpr std::size_t kColumns = 3;
    std::string text;
    for (std::size_t b = 0; b < sim::kBranches; ++b) {
        const auto branch = static_cast<sim::Branch>(b);
        text += fmt::format("{:<22}{:>10}", name_of(branch), coverage[branch]);
        text += (b + 1) % kColumns == 0 || b + 1 == sim::kBranches ? "\n" : "   ";
    }
    return text;
}

Json coverage_of(const sim::Coverage& coverage) {
    Json messages;
    for (std::uint8_t type = 1; type <= wire::kTypes; ++type) {
        Json message{{"sent", coverage.sends[type]}};
        for (std::size_t f = 0; f < sim::kFaults; ++f)
            message[std::string(name_of(static_cast<sim::Fault>(f)))] = coverage.faults[f][type];
        messages[std::string(wire::kTypeNames[type])] = std::move(message);
    }
    Json branches;
    for (std::size_t b = 0; b < sim::kBranches; ++b)
        branches[std::string(name_of(static_cast<sim::Branch>(b)))] = coverage.branches[b];
    return {{"messages", std::move(messages)}, {"branches", std::move(branches)}};
}

Json histories_of(const SimSummary& summary) {
    Json histories = Json::array();
    for (const SimSummary::History& history : summary.histories) {
        Json json{{"seed", history.seed}, {"hash", hex(history.hash)}};
        if (!history.failure.empty()) json["failure"] = history.failure;
        if (history.healed_after_ns) json["healed_seconds"] = seconds_of(*history.healed_after_ns);
        if (const auto& smaller = history.smaller) {
            json["smaller"] = {{"failure", smaller->failure},
                               {"attempts", smaller->attempts},
                               {"scenario", smaller->scenario}};
        }
        histories.push_back(std::move(json));
    }
    return histories;
}

}  // namespace

void SimSummary::add(const sim::Result& result) {
    hash_ = histories.empty() ? result.hash : (hash_ ^ result.hash) * kGolden;
    histories.push_back({result.seed, result.hash, result.failure, std::nullopt,
                         result.live ? std::optional(result.healed_after.ns) : std::nullopt});
    failures += !result.failure.empty();
    faulty += result.faulty;
    live += result.live;
    events += result.events;
    simulated_ns += result.simulated.ns;
    instances += result.instances_chosen;
    values += result.values_delivered;
    coverage.add(result.coverage);
}

SimSummary::Healing SimSummary::healing() const {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> times;  // and their seeds
    for (const History& history : histories)
        if (history.healed_after_ns) times.emplace_back(*history.healed_after_ns, history.seed);
    if (times.empty()) return {};
    std::sort(times.begin(), times.end());
    const std::size_t last = times.size() - 1;
    return {times[last / 2].first, times[last * 99 / 100].first, times[last].first, times[last].second};
}

std::vector<std::string> entries_below(const sim::Coverage& coverage, std::uint64_t least) {
    std::vector<std::string> entries;
    for (std::size_t b = 0; b < sim::kBranches; ++b) {
        if (coverage.branches[b] < least)
            entries.push_back(
                fmt::format("{} ({})", name_of(static_cast<sim::Branch>(b)), coverage.branches[b]));
    }
    for (std::uint8_t type = 1; type <= wire::kTypes; ++type) {
        for (std::size_t f = 0; f < sim::kFaults; ++f) {
            const std::uint64_t times = coverage.faults[f][type];
            if (times < least)
                entries.push_back(fmt::format("{} {} ({})", wire::kTypeNames[type],
                                              name_of(static_cast<sim::Fault>(f)), times));
        }
    }
    return entries;
}

std::string text_of(const SimOptions& options, const SimSummary& s, bool colour) {
    std::string text;
    const std::uint64_t histories = s.histories.size();
    if (histories > 0) {
        text += table_line("seeds", histories, fmt::format("from {} on", s.histories.front().seed));
        text += table_line("faulty", s.faulty, "");
        const SimSummary::Healing healing = s.healing();
        text += table_line(
            "live", s.live,
            fmt::format("healed, they delivered everything within {:.3f} s (seed {}); half within {:.3f} s, "
                        "99 % within {:.3f} s",
                        seconds_of(healing.slowest_ns), healing.slowest_seed, seconds_of(healing.median_ns),
                        seconds_of(healing.p99_ns)));
    }
    const double wall = std::max(s.seconds, 1e-9);
    text += table_line("events", s.events,
                       fmt::format("{:.1f} million a second and thread",
                                   static_cast<double>(s.events) / wall / s.jobs / 1e6));
    text += table_line("values", s.values, fmt::format("in {}", count_of(s.instances, "instance")));
    text += fmt::format("{:<10} {:>14.1f} s   in {:.1f} s on {}\n", "simulated", seconds_of(s.simulated_ns),
                        wall, count_of(s.jobs, "thread"));
    text += fmt::format("{:<10} {}\n", "hash", hex(s.hash()));
    if (options.coverage)
        text += fmt::format("\n{}\n{}\n", faults_table(s.coverage), branches_table(s.coverage));
    text += fmt::format("{:<10} {}\n", "verdict",
                        s.failures == 0 ? painted("ok", kGreen, colour)
                                        : painted(count_of(s.failures, "failure"), kRed, colour));
    return text;
}

std::string json_of(const SimOptions& options, const SimSummary& s) {
    const SimSummary::Healing healing = s.healing();
    Json json{{"seed", s.histories.empty() ? 0 : s.histories.front().seed},
              {"seeds", s.histories.size()},
              {"hash", hex(s.hash())},
              {"failures", s.failures},
              {"faulty", s.faulty},
              {"live", s.live},
              {"events", s.events},
              {"simulated_seconds", seconds_of(s.simulated_ns)},
              {"values", s.values},
              {"instances", s.instances},
              {"heal_median_seconds", seconds_of(healing.median_ns)},
              {"heal_p99_seconds", seconds_of(healing.p99_ns)},
              {"heal_slowest_seconds", seconds_of(healing.slowest_ns)},
              {"heal_slowest_seed", healing.slowest_seed},
              {"seconds", s.seconds},
              {"jobs", s.jobs}};
    if (options.coverage) json["coverage"] = coverage_of(s.coverage);
    json["histories"] = histories_of(s);
    return json_text(json);
}

}  // namespace synod::cli

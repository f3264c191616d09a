#include "synod/cli/run_report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "synod/cli/configuration.hpp"
#include "synod/cli/plot_data.hpp"
#include "synod/cli/table.hpp"

namespace synod::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string duration_text(std::uint64_t ns) {
    const auto value = static_cast<double>(ns);
    if (ns < 1'000'000) return fmt::format("{:.0f} us", value / 1e3);
    if (ns < 1'000'000'000) return fmt::format("{:.3g} ms", value / 1e6);
    return fmt::format("{:.3g} s", value / 1e9);
}

int colour_of(Verdict verdict) {
    return verdict == Verdict::ok ? kGreen : verdict == Verdict::incomplete ? kYellow : kRed;
}

std::string delivered_note(const RunOptions& options) {
    if (options.learners == 0) return "decided, as the clients know";
    return fmt::format("at each of {} learner{}", options.learners, options.learners == 1 ? "" : "s");
}

Json micros(std::uint64_t ns) {
    return std::round(static_cast<double>(ns) / 100) / 10;
}

Json latency_of(const RunResult& result) {
    const node::Histogram& latency = result.latency;
    return {{"p50", micros(latency.percentile(50))},
            {"p99", micros(latency.percentile(99))},
            {"p999", micros(latency.percentile(99.9))},
            {"max", micros(latency.max())},
            {"samples", latency.count()}};
}

// Those that were killed indeed: some may have ended before their time came.
Json killed_of(const RunResult& result) {
    Json killed = Json::array();
    for (const MemberResult& member : result.members)
        if (member.killed)
            killed.push_back({{"role", name_of(member.role)},
                              {"id", member.id},
                              {"at_seconds", member.killed_at_seconds}});
    return killed;
}

Json events_of(const RunResult& result) {
    Json events = Json::array();
    for (const RunEvent& event : result.course.events)
        events.push_back({{"at_seconds", seconds_after_start(result, event.at_ns)}, {"what", event.what}});
    return events;
}

Json members_of(const RunResult& result) {
    Json members = Json::array();
    for (const MemberResult& member : result.members) {
        Json json{{"role", name_of(member.role)}, {"id", member.id}, {"killed", member.killed}};
        const node::Progress& progress = member.final ? member.final->progress : member.progress;
        if (member.role == Role::client)
            json.update({{"submitted", progress.submitted}, {"decided", progress.decided}});
        if (member.role == Role::learner)
            json.update({{"delivered", progress.delivered}, {"bytes", progress.bytes}});
        if (member.final && !member.final->counters.empty()) json["counters"] = member.final->counters;
        members.push_back(std::move(json));
    }
    return members;
}

Json options_of(const RunOptions& o) {
    Json json{{"clients", o.clients},
              {"proposers", o.proposers},
              {"acceptors", o.acceptors},
              {"learners", o.learners},
              {"down", o.down},
              {"value_bytes", o.value_bytes},
              {"batch", o.policy.batch_values},
              {"direct_2b", o.policy.direct_2b},
              {"proactive_phase1", o.policy.proactive_phase1},
              {"leader", kOracleNames[static_cast<std::size_t>(o.leader.oracle)]},
              {"loss", o.faults.loss},
              {"duplicate", o.faults.duplicate},
              {"reorder", o.faults.reorder},
              {"seed", o.faults.seed},
              {"catchup", o.catchup},
              {"rate", o.values_per_second}};
    if (!o.through_files())
        json["duration_seconds"] = o.duration_seconds;
    else if (o.input)
        json["input"] = *o.input;
    else
        json["values"] = o.values;
    return json;
}

Json result_of(const RunOptions& options, const RunResult& result) {
    Json json{{"submitted", result.submitted},
              {"delivered", result.delivered},
              {"lost", result.lost},
              {"duplicated", result.duplicated},
              {"repeats", result.repeats},
              {"elections", result.elections()},
              {"seconds", result.seconds},
              {"values_per_second", result.values_per_second()},
              {"megabytes_per_second", result.megabytes_per_second()},
              {"latency_us", latency_of(result)},
              {"verdict", name_of(result.verdict)},
              {"findings", result.findings}};
    json["options"] = options_of(options);
    json["killed"] = killed_of(result);
    json["events"] = events_of(result);
    json["processes"] = members_of(result);
    return json;
}

}  // namespace

std::string table_of(const RunOptions& options, const RunResult& result, bool colour) {
    std::string text;
    for (const std::string& finding : result.findings)
        text += finding + "\n";
    text += table_line("submitted", result.submitted,
                       fmt::format("by {} client{}", options.clients, options.clients == 1 ? "" : "s"));
    text += table_line("delivered", result.delivered, delivered_note(options));
    text += table_line("lost", result.lost,
                       options.without_majority() ? "without a majority of acceptors values wait" : "");
    text += table_line("duplicated", result.duplicated, "");
    text += table_line("elections", result.elections(), "");
    const auto rate = static_cast<std::uint64_t>(std::llround(result.values_per_second()));
    text += fmt::format("{:<10} {:>14} values/s   {:.3f} MB/s   in {:.3f} s\n", "rate", grouped(rate),
                        result.megabytes_per_second(), result.seconds);
    const node::Histogram& latency = result.latency;
    if (latency.count() > 0)
        text += fmt::format("{:<10} p50 {}   p99 {}   p99.9 {}   max {}\n", "latency",
                            duration_text(latency.percentile(50)), duration_text(latency.percentile(99)),
                            duration_text(latency.percentile(99.9)), duration_text(latency.max()));
    text += fmt::format("{:<10} {}\n", "verdict",
                        painted(name_of(result.verdict), colour_of(result.verdict), colour));
    return text;
}

std::string json_of(const RunOptions& options, const RunResult& result) {
    return json_text(result_of(options, result));
}

}  // namespace synod::cli

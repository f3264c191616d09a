#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "synod/cli/status.hpp"
#include "synod/cli/table.hpp"

namespace synod::cli {

namespace {

using Json = nlohmann::ordered_json;

std::string_view name_of(ClusterHealth health) {
    switch (health) {
        case ClusterHealth::healthy:
            return "healthy";
        case ClusterHealth::degraded:
            return "degraded";
        case ClusterHealth::no_majority:
            break;
    }
    return "no majority";
}

int colour_of(ClusterHealth health) {
    if (health == ClusterHealth::healthy) return kGreen;
    return health == ClusterHealth::degraded ? kYellow : kRed;
}

// A round and whose it is.
std::string shown(const Ballot& ballot) {
    return ballot.is_none() ? "-" : fmt::format("{}.{}", ballot.round.value(), ballot.proposer.value());
}

std::string lost(const Losses& losses) {
    std::string text;
    const auto add = [&text](std::uint64_t times, std::string_view what) {
        if (times > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", grouped(times), what);
    };
    add(losses.refused, "refused");
    add(losses.overflowed, "overflowed");
    add(losses.truncated, "truncated");
    add(losses.unsent, "unsent");
    return text;
}

std::string state_of(const ProposerReport& report) {
    if (report.leads) return "leads";
    if (!report.ballot.is_none()) return "tries";
    return report.heard.is_none() ? "follows" : fmt::format("follows {}", report.heard.proposer.value());
}

constexpr const char* kLine = "{:<14}{:<12}{:>10}{:>16}{:>16}{:>12}   {}\n";

std::string line(std::string_view role, std::uint16_t id, std::string_view state, const Ballot& ballot,
                 InstanceId decided, std::string_view delivered, std::string_view lag, const Losses& losses) {
    return fmt::format(kLine, fmt::format("{} {}", role, id), state, shown(ballot), grouped(decided.value()),
                       delivered, lag, lost(losses));
}

nlohmann::ordered_json json_of(const Losses& losses) {
    return {{"refused", losses.refused},
            {"overflowed", losses.overflowed},
            {"truncated", losses.truncated},
            {"unsent", losses.unsent}};
}

}  // namespace

std::string text_of(const ClusterStatus& status, bool colour) {
    std::string text = painted(name_of(status.health), colour_of(status.health), colour);
    for (const std::string& problem : status.problems)
        text += fmt::format("\n  {}", problem);
    text += "\n";
    text += fmt::format(kLine, "", "(elections)", "ballot", "decided below", "delivered below", "lag",
                        "lost datagrams");
    for (const auto& [id, r] : status.answers.proposers) {
        const std::string state =
            fmt::format("{}{}", state_of(r), r.elections > 0 ? fmt::format(" ({})", r.elections) : "");
        text += line("proposer", id, state, r.ballot.is_none() ? r.heard : r.ballot, r.decided_below,
                     grouped(r.delivered_below.value()), "", r.losses);
    }
    for (const auto& [id, r] : status.answers.acceptors)
        text += line("acceptor", id, r.observer ? "observes" : "votes", r.promised, r.decided_below, "", "",
                     r.losses);
    for (const auto& [id, r] : status.answers.learners)
        text += line("learner", id, "learns", {}, r.decided_below, grouped(r.delivered_below.value()),
                     grouped(status.decided_below.since(r.delivered_below)), r.losses);
    return text;
}

Json json_of(const ClusterStatus& status) {
    Json proposers = Json::array();
    std::uint64_t elections = 0;
    for (const auto& [id, r] : status.answers.proposers) {
        elections += r.elections;
        proposers.push_back({{"id", id},
                             {"state", r.leads              ? "leads"
                                       : r.ballot.is_none() ? "follows"
                                                            : "tries"},
                             {"ballot", shown(r.ballot)},
                             {"heard", shown(r.heard)},
                             {"decided_below", r.decided_below.value()},
                             {"delivered_below", r.delivered_below.value()},
                             {"elections", r.elections},
                             {"losses", json_of(r.losses)}});
    }
    Json acceptors = Json::array();
    for (const auto& [id, r] : status.answers.acceptors)
        acceptors.push_back({{"id", id},
                             {"observer", r.observer},
                             {"promised", shown(r.promised)},
                             {"decided_below", r.decided_below.value()},
                             {"trimmed_below", r.trimmed_below.value()},
                             {"conflicts", r.conflicts},
                             {"losses", json_of(r.losses)}});
    Json learners = Json::array();
    for (const auto& [id, r] : status.answers.learners)
        learners.push_back({{"id", id},
                            {"decided_below", r.decided_below.value()},
                            {"delivered_below", r.delivered_below.value()},
                            {"lag", status.decided_below.since(r.delivered_below)},
                            {"losses", json_of(r.losses)}});
    return {{"health", name_of(status.health)},
            {"problems", status.problems},
            {"leader", status.leader ? Json(*status.leader) : Json(nullptr)},
            {"elections", elections},
            {"decided_below", status.decided_below.value()},
            {"proposers", proposers},
            {"acceptors", acceptors},
            {"learners", learners}};
}

}  // namespace synod::cli

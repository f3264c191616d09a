#include "synod/cli/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "synod/core/quorum.hpp"

namespace synod::cli {

namespace {

bool has_answered(const node::LivingRole& process, const node::Answers& answers) {
    if (process.role == "proposer") return answers.proposers.contains(process.id);
    if (process.role == "acceptor") return answers.acceptors.contains(process.id);
    return process.role != "learner" || answers.learners.contains(process.id);
}

std::optional<std::uint16_t> leader_in(const node::Answers& answers) {
    std::optional<std::uint16_t> leader;
    Ballot highest;
    for (const auto& [id, report] : answers.proposers) {
        if (!report.leads || report.ballot < highest) continue;
        leader = id;
        highest = report.ballot;
    }
    return leader;
}

InstanceId decided_in(const node::Answers& answers) {
    InstanceId decided;
    const auto consider = [&](const auto& reports) {
        for (const auto& [id, report] : reports)
            decided = std::max(decided, report.decided_below);
    };
    consider(answers.proposers);
    consider(answers.acceptors);
    consider(answers.learners);
    return decided;
}

// `what` the voters are, and all of their ids.
void look_at_voters(std::string_view what, const std::vector<std::uint16_t>& ids, ClusterStatus& status) {
    for (const std::uint16_t id : ids) {
        const auto found = status.answers.acceptors.find(id);
        if (found == status.answers.acceptors.end())
            status.problems.push_back(fmt::format("{} {} does not answer", what, id));
        else if (found->second.observer)
            status.problems.push_back(
                fmt::format("{} {} is an observer: it does not vote in this run", what, id));
    }
}

void look_at_living(const std::vector<node::LivingRole>& living, ClusterStatus& status) {
    for (const node::LivingRole& process : living) {
        if (process.role != "acceptor" && !has_answered(process, status.answers))
            status.problems.push_back(fmt::format("{} {} (process {}) lives and does not answer",
                                                  process.role, process.id, process.pid));
    }
}

unsigned voters_in(const node::Answers& answers) {
    return static_cast<unsigned>(std::count_if(answers.acceptors.begin(), answers.acceptors.end(),
                                               [](const auto& one) { return !one.second.observer; }));
}

ClusterHealth health_of(const ClusterStatus& status, unsigned acceptors) {
    if (voters_in(status.answers) < Quorum(acceptors).size()) return ClusterHealth::no_majority;
    return status.problems.empty() ? ClusterHealth::healthy : ClusterHealth::degraded;
}

ClusterStatus facts_of(const node::Answers& answers) {
    ClusterStatus status;
    status.answers = answers;
    status.leader = leader_in(answers);
    status.decided_below = decided_in(answers);
    return status;
}

// Says in them whose ballots they are, in the servers' own ids.
void rename(Ballot& ballot, const std::vector<std::uint16_t>& sids) {
    const std::size_t id = ballot.proposer.value();
    if (id >= 1 && id <= sids.size()) ballot.proposer = ProposerId{sids[id - 1]};
}

node::Answers in_sids(const node::Answers& answers, const std::vector<std::uint16_t>& sids) {
    node::Answers renamed;
    const auto rename_all = [&sids](const auto& from, auto& to) {
        for (const auto& [id, report] : from)
            if (id >= 1 && id <= sids.size()) to[sids[id - 1U]] = report;
    };
    rename_all(answers.proposers, renamed.proposers);
    rename_all(answers.acceptors, renamed.acceptors);
    rename_all(answers.learners, renamed.learners);
    for (auto& [sid, report] : renamed.proposers) {
        rename(report.ballot, sids);
        rename(report.heard, sids);
    }
    for (auto& [sid, report] : renamed.acceptors)
        rename(report.promised, sids);
    return renamed;
}

}  // namespace

ClusterStatus judge(const node::Answers& answers, const std::vector<node::LivingRole>& living,
                    unsigned acceptors) {
    ClusterStatus status = facts_of(answers);
    std::vector<std::uint16_t> ids(acceptors);
    std::iota(ids.begin(), ids.end(), std::uint16_t{1});
    look_at_voters("acceptor", ids, status);
    look_at_living(living, status);
    if (!status.leader) status.problems.emplace_back("no proposer leads");
    status.health = health_of(status, acceptors);
    return status;
}

ClusterStatus judge_servers(const node::Answers& answers, const std::vector<std::uint16_t>& sids) {
    ClusterStatus status = facts_of(in_sids(answers, sids));
    look_at_voters("server", sids, status);
    if (!status.leader) status.problems.emplace_back("no server leads");
    status.health = health_of(status, static_cast<unsigned>(sids.size()));
    return status;
}

}  // namespace synod::cli

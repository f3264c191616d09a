#include "synod/cli/status.hpp"

#include <fmt/format.h>

#include <algorithm>

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

std::vector<std::string> problems_of(const ClusterStatus& status, const std::vector<node::LivingRole>& living,
                                     unsigned acceptors) {
    std::vector<std::string> problems;
    for (unsigned id = 1; id <= acceptors; ++id) {
        const auto found = status.answers.acceptors.find(static_cast<std::uint16_t>(id));
        if (found == status.answers.acceptors.end())
            problems.push_back(fmt::format("acceptor {} does not answer", id));
        else if (found->second.observer)
            problems.push_back(fmt::format("acceptor {} is an observer: it does not vote in this run", id));
    }
    for (const node::LivingRole& process : living) {
        if (process.role != "acceptor" && !has_answered(process, status.answers))
            problems.push_back(fmt::format("{} {} (process {}) lives and does not answer", process.role,
                                           process.id, process.pid));
    }
    if (!status.leader) problems.emplace_back("no proposer leads");
    return problems;
}

unsigned voters_in(const node::Answers& answers) {
    return static_cast<unsigned>(std::count_if(answers.acceptors.begin(), answers.acceptors.end(),
                                               [](const auto& one) { return !one.second.observer; }));
}

}  // namespace

ClusterStatus judge(const node::Answers& answers, const std::vector<node::LivingRole>& living,
                    unsigned acceptors) {
    ClusterStatus status;
    status.answers = answers;
    status.leader = leader_in(answers);
    status.decided_below = decided_in(answers);
    status.problems = problems_of(status, living, acceptors);
    if (voters_in(answers) < Quorum(acceptors).size())
        status.health = ClusterHealth::no_majority;
    else if (!status.problems.empty())
        status.health = ClusterHealth::degraded;
    return status;
}

}  // namespace synod::cli

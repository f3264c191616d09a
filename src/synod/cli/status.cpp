#include "synod/cli/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "synod/core/quorum.hpp"

namespace synod::cli {

namespace {

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

bool is_silent(const node::LivingRole& process, const node::Answers& answers) {
    if (process.role == "proposer") return !answers.proposers.contains(process.id);
    return process.role == "learner" && !answers.learners.contains(process.id);
}

std::string lives_and_is_silent(const node::LivingRole& process) {
    return fmt::format("{} {} (process {}) lives and does not answer", process.role, process.id, process.pid);
}

std::string silence_of(const Voters& voters, std::uint16_t id, const std::vector<node::LivingRole>& living) {
    const auto process = std::find_if(living.begin(), living.end(), [&](const node::LivingRole& each) {
        return each.role == voters.what && each.id == id;
    });
    return process == living.end() ? fmt::format("{} {} does not answer", voters.what, id)
                                   : lives_and_is_silent(*process);
}

void look_at_voters(const Voters& voters, const std::vector<node::LivingRole>& living,
                    ClusterStatus& status) {
    for (const std::uint16_t id : voters.ids) {
        const auto found = status.answers.acceptors.find(id);
        if (found == status.answers.acceptors.end())
            status.problems.push_back(silence_of(voters, id, living));
        else if (found->second.observer)
            status.problems.push_back(
                fmt::format("{} {} is an observer: it does not vote in this run", voters.what, id));
    }
}

void look_at_living(const std::vector<node::LivingRole>& living, ClusterStatus& status) {
    for (const node::LivingRole& process : living)
        if (is_silent(process, status.answers)) status.problems.push_back(lives_and_is_silent(process));
    const node::Answers& answers = status.answers;
    const bool nobody = answers.proposers.empty() && answers.acceptors.empty() && answers.learners.empty();
    if (nobody && !living.empty())
        status.problems.emplace_back(
            "those that live are perhaps of another run: if they were started with --run N, give --run N "
            "here, too");
}

unsigned voters_in(const node::Answers& answers) {
    return static_cast<unsigned>(std::count_if(answers.acceptors.begin(), answers.acceptors.end(),
                                               [](const auto& one) { return !one.second.observer; }));
}

ClusterHealth health_of(const ClusterStatus& status, const Voters& voters) {
    const auto count = static_cast<unsigned>(voters.ids.size());
    if (voters_in(status.answers) < Quorum(count).size()) return ClusterHealth::no_majority;
    return status.problems.empty() ? ClusterHealth::healthy : ClusterHealth::degraded;
}

// Says in them whose ballots they are, in the servers' own ids.
void rename(Ballot& ballot, const std::vector<std::uint16_t>& sids) {
    const std::size_t id = ballot.proposer.value();
    if (id >= 1 && id <= sids.size()) ballot.proposer = ProposerId{sids[id - 1]};
}

}  // namespace

Voters acceptors(unsigned count) {
    Voters voters{"acceptor", "proposer", std::vector<std::uint16_t>(count)};
    std::iota(voters.ids.begin(), voters.ids.end(), std::uint16_t{1});
    return voters;
}

Voters servers(const std::vector<std::uint16_t>& sids) {
    return {"server", "server", sids};
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

std::vector<node::LivingRole> in_sids(const std::vector<node::LivingRole>& living,
                                      const std::vector<std::uint16_t>& sids) {
    std::vector<node::LivingRole> renamed;
    for (const node::LivingRole& process : living)
        if (process.id >= 1 && process.id <= sids.size())
            renamed.push_back({process.role, sids[process.id - 1U], process.pid});
    return renamed;
}

ClusterStatus judge(const node::Answers& answers, const std::vector<node::LivingRole>& living,
                    const Voters& voters) {
    ClusterStatus status;
    status.answers = answers;
    status.leader = leader_in(answers);
    status.decided_below = decided_in(answers);
    look_at_voters(voters, living, status);
    look_at_living(living, status);
    if (!status.leader) status.problems.push_back(fmt::format("no {} leads", voters.leader));
    status.health = health_of(status, voters);
    return status;
}

}  // namespace synod::cli

#include "synod/sim/acceptor_oracle.hpp"

#include <algorithm>

#include "synod/sim/hashing.hpp"
#include "synod/sim/violation.hpp"

namespace synod::sim {

namespace {

std::string place(const Proposal& proposal) {
    return "instance " + std::to_string(proposal.instance.value()) + ", ballot (" +
           std::to_string(proposal.ballot.round.value()) + ", " +
           std::to_string(proposal.ballot.proposer.value()) + ")";
}

}  // namespace

AcceptorOracle::Voted* AcceptorOracle::find(const Proposal& proposal) noexcept {
    auto& ballots = instances_[proposal.instance.value()].ballots;
    const auto at = std::find_if(ballots.rbegin(), ballots.rend(),
                                 [&](const Voted& voted) { return voted.ballot == proposal.ballot; });
    return at == ballots.rend() ? nullptr : &*at;
}

void AcceptorOracle::proposed(const Proposal& proposal) {
    const std::uint64_t i = proposal.instance.value();
    if (i >= instances_.size()) instances_.resize(i + 1);
    if (const Voted* voted = find(proposal)) {
        counts_.count(Branch::second_2a);
        if (voted->value != proposal.value) throw Violation("two values proposed in " + place(proposal));
        return;
    }
    count_first(proposal, instances_[i]);
    check_against_chosen(proposal, instances_[i]);
    instances_[i].ballots.push_back({proposal.ballot, proposal.value, {}});
}

// The first 2A of its ballot for this instance.
void AcceptorOracle::count_first(const Proposal& proposal, const Instance& instance) {
    if (proposal.value == hash_of({})) counts_.count(Branch::no_op);
    const auto has_votes = [](const Voted& voted) { return voted.voters.size() > 0; };
    if (std::any_of(instance.ballots.begin(), instance.ballots.end(), has_votes))
        counts_.count(Branch::adoption);
}

void AcceptorOracle::check_against_chosen(const Proposal& proposal, const Instance& instance) const {
    if (!instance.chosen || *instance.chosen == proposal.value) return;
    for (const Voted& voted : instance.ballots) {
        if (quorum_.reached_by(voted.voters) && voted.ballot < proposal.ballot) {
            throw Violation("proposed against a chosen value: " + place(proposal));
        }
    }
}

void AcceptorOracle::took(AcceptorId id, const Acceptor& acceptor, const Proposal& proposal) {
    if (acceptor.is_observer()) return;
    if (acceptor.promised() > seen_[id.value()].promised) counts_.count(Branch::promise_by_2a);
    const InstanceLog::Entry* entry = acceptor.log().find(proposal.instance);
    if (entry == nullptr || entry->ballot != proposal.ballot) return;
    if (entry->ballot > acceptor.promised()) throw Violation("a vote above the promise: " + place(proposal));
    if (find(proposal)->voters.contains(id)) return;
    if (hash_of(acceptor.log().value(*entry)) != proposal.value) return;  // decided in another ballot
    count_vote(id, proposal, instances_[proposal.instance.value()]);
}

void AcceptorOracle::count_vote(AcceptorId id, const Proposal& proposal, Instance& instance) {
    Voted& voted = *find(proposal);
    const auto has_vote = [id](const Voted& other) { return other.voters.contains(id); };
    if (std::any_of(instance.ballots.begin(), instance.ballots.end(), has_vote))
        counts_.count(Branch::vote_again);
    voted.voters.add(id);
    if (!quorum_.reached_by(voted.voters)) return;
    if (!instance.chosen) {
        instance.chosen = voted.value;
        ++instances_chosen_;
        chosen_below_ = std::max(chosen_below_, proposal.instance.next());
    }
    if (*instance.chosen != voted.value) throw Violation("two values chosen: " + place(proposal));
}

void AcceptorOracle::looked_at(AcceptorId id, const Acceptor& acceptor) {
    Ballot& promised = seen_[id.value()].promised;
    if (acceptor.promised() < promised)
        throw Violation("a promise fell at acceptor " + std::to_string(id.value()));
    promised = acceptor.promised();
}

void AcceptorOracle::stepped(AcceptorId id, const Acceptor& acceptor) {
    InstanceId& below = seen_[id.value()].decided_below;
    for (below = std::max(below, acceptor.log().first()); below < acceptor.log().decided_below();
         below = below.next()) {
        if (chosen(below) == hash_of(acceptor.log().value(*acceptor.log().find(below)))) continue;
        throw Violation("not chosen, and acceptor " + std::to_string(id.value()) +
                        " takes it for decided: " + "instance " + std::to_string(below.value()));
    }
}

std::optional<std::uint64_t> AcceptorOracle::chosen(InstanceId i) const noexcept {
    return i.value() < instances_.size() ? instances_[i.value()].chosen : std::nullopt;
}

}  // namespace synod::sim

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

AcceptorOracle::Voted& AcceptorOracle::find(const Proposal& proposal) {
    const std::uint64_t i = proposal.instance.value();
    if (i >= instances_.size()) instances_.resize(i + 1);
    auto& ballots = instances_[i].ballots;
    for (auto at = ballots.rbegin(); at != ballots.rend(); ++at) {
        if (at->ballot == proposal.ballot) return *at;
    }
    count(proposal, instances_[i]);
    ballots.push_back({proposal.ballot, proposal.value, {}});
    return ballots.back();
}

// The first 2A of its ballot for this instance.
void AcceptorOracle::count(const Proposal& proposal, const Instance& instance) {
    counts_.no_ops += proposal.value == hash_of({});
    counts_.adopted += std::any_of(instance.ballots.begin(), instance.ballots.end(),
                                   [](const Voted& voted) { return voted.voters.size() > 0; });
}

void AcceptorOracle::proposed(const Proposal& proposal) {
    if (find(proposal).value != proposal.value) throw Violation("two values proposed in " + place(proposal));
    const Instance& instance = instances_[proposal.instance.value()];
    if (!instance.chosen || *instance.chosen == proposal.value) return;
    for (const Voted& voted : instance.ballots) {
        if (quorum_.reached_by(voted.voters) && voted.ballot < proposal.ballot) {
            throw Violation("proposed against a chosen value: " + place(proposal));
        }
    }
}

void AcceptorOracle::took(AcceptorId id, const Acceptor& acceptor, const Proposal& proposal) {
    if (acceptor.is_observer()) return;
    const InstanceLog::Entry* entry = acceptor.log().find(proposal.instance);
    if (entry == nullptr || entry->ballot != proposal.ballot) return;
    if (entry->ballot > acceptor.promised()) throw Violation("a vote above the promise: " + place(proposal));
    Voted& voted = find(proposal);
    if (!voted.voters.contains(id)) {
        if (hash_of(acceptor.log().value(*entry)) != proposal.value)
            return;  // what was decided in another ballot
        voted.voters.add(id);
    }
    if (!quorum_.reached_by(voted.voters)) return;
    auto& chosen = instances_[proposal.instance.value()].chosen;
    if (!chosen) {
        chosen = voted.value;
        ++instances_chosen_;
    }
    if (*chosen != voted.value) throw Violation("two values chosen: " + place(proposal));
}

void AcceptorOracle::stepped(AcceptorId id, const Acceptor& acceptor) {
    Ballot& promised = promised_[id.value()];
    if (acceptor.promised() < promised)
        throw Violation("a promise fell at acceptor " + std::to_string(id.value()));
    promised = acceptor.promised();
}

std::optional<std::uint64_t> AcceptorOracle::chosen(InstanceId i) const noexcept {
    return i.value() < instances_.size() ? instances_[i.value()].chosen : std::nullopt;
}

}  // namespace synod::sim

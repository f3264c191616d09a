#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "synod/core/acceptor.hpp"
#include "synod/core/quorum.hpp"
#include "synod/sim/coverage.hpp"
#include "synod/sim/datagrams.hpp"

namespace synod::sim {

// Sees into every acceptor at once, and so knows the moment in which a value is chosen, before anybody else.
//
//   one value per (instance, ballot)     whoever proposes it, however often
//   a promise never falls                in one life of an acceptor
//   no vote above the promise
//   a chosen value stays chosen          no other value ever has a quorum of votes in one ballot
//   decided is what was chosen           as far as acceptors know it
class AcceptorOracle {
public:
    AcceptorOracle(unsigned acceptors, Coverage& counts)
        : quorum_(acceptors), seen_(acceptors + 1), counts_(counts) {}

    // A 2A leaves its proposer.
    void proposed(const Proposal& proposal);
    // An acceptor has taken in a 2A: did it vote for it?
    void took(AcceptorId id, const Acceptor& acceptor, const Proposal& proposal);
    // After each datagram and each step.
    void looked_at(AcceptorId id, const Acceptor& acceptor);
    // After each step.
    void stepped(AcceptorId id, const Acceptor& acceptor);
    void restarted(AcceptorId id) { seen_[id.value()] = {}; }

    [[nodiscard]] std::optional<std::uint64_t> chosen(InstanceId i) const noexcept;
    // Above it nothing is chosen.
    [[nodiscard]] InstanceId chosen_below() const noexcept { return chosen_below_; }
    [[nodiscard]] std::uint64_t instances_chosen() const noexcept { return instances_chosen_; }

private:
    struct Voted {
        Ballot ballot;
        std::uint64_t value = 0;
        AcceptorSet voters;
    };
    struct Instance {
        std::vector<Voted> ballots;  // in which something has been proposed
        std::optional<std::uint64_t> chosen;
    };
    // What an acceptor was last seen to be.
    struct Seen {
        Ballot promised;
        InstanceId decided_below;
    };
    // Null when nothing was proposed in this ballot. REQUIRES: something was, for the instance or a later
    // one.
    Voted* find(const Proposal& proposal) noexcept;
    void count_first(const Proposal& proposal, const Instance& instance);
    void check_against_chosen(const Proposal& proposal, const Instance& instance) const;
    void count_vote(AcceptorId id, const Proposal& proposal, Instance& instance);

    Quorum quorum_;
    std::vector<Instance> instances_;
    std::vector<Seen> seen_;  // by acceptor
    std::uint64_t instances_chosen_ = 0;
    InstanceId chosen_below_;
    Coverage& counts_;
};

}  // namespace synod::sim

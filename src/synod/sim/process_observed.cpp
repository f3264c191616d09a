// What the oracles, the coverage and the trace are told of a process.

#include <algorithm>

#include "synod/sim/hashing.hpp"
#include "synod/sim/process.hpp"
#include "synod/sim/sightings.hpp"
#include "synod/sim/violation.hpp"

namespace synod::sim {

namespace {

constexpr std::uint64_t kInstancesAStep = 8;
const std::uint8_t kBeaconType = wire::type_of(Message{Beacon{}});
const std::uint8_t kCheckpointType = wire::type_of(Message{Checkpoint{}});

}  // namespace

// ---- Datagrams -----------------------------------------------------------------------------------------

void Process::look_into(Datagram& datagram, Destination to) {
    const wire::Decoded decoded = world_.decoder.decode(datagram.bytes);
    if (!decoded) throw Violation("a datagram that nobody can read");
    if (const auto* accept = std::get_if<Accept>(&decoded->message)) {
        datagram.proposal = {accept->instance, accept->reign.ballot, hash_of(accept->v_val)};
        return world_.acceptors.proposed(datagram.proposal);
    }
    if (const auto* query = std::get_if<ReadQuery>(&decoded->message))
        return reads_.asked(query->number, world_.coverage);
    const bool learns = role_ == Role::learner;
    const Speaker self{role_, role_ == Role::acceptor && as<Acceptor>().is_observer(),
                       learns && world_.deliveries.next(index_) == InstanceId{} &&
                           world_.deliveries.furthest() > InstanceId{}};
    count_sent(self, to, decoded->message, world_.coverage);
}

void Process::trace_sending(Destination to, Datagram& datagram) {
    const wire::Decoded decoded = world_.decoder.decode(datagram.bytes);
    if (!decoded) throw Violation("a message that nobody can read");
    trace_step();  // what it says has become so before
    world_.tracer.sent(index_, to, decoded->message, datagram, world_.now);
}

// How far its table of sessions is: while it receives, only a checkpoint moves that.
InstanceId Process::checkpointed_below() const {
    if (role_ == Role::acceptor) return as<Acceptor>().sessions_below();
    return role_ == Role::proposer ? as<Proposer>().delivered_below() : InstanceId{};
}

void Process::count_received(std::uint8_t type, InstanceId checkpointed_before) {
    if (type == kCheckpointType && checkpointed_below() > checkpointed_before) {
        const bool acceptor = role_ == Role::acceptor;
        world_.coverage.count(acceptor ? Branch::acceptor_checkpoint : Branch::proposer_checkpoint);
    }
    if (type == kBeaconType && has_values_under_way()) world_.coverage.count(Branch::leader_change);
}

bool Process::has_values_under_way() const {
    return role_ == Role::client && is_alive() && !as<Client>().all_decided();
}

void Process::vote_seen(const Proposal& proposal) {
    const std::uint64_t chosen = world_.acceptors.instances_chosen();
    if (world_.tracer) {
        world_.tracer.at(index_).took(as<Acceptor>(), proposal.instance, proposal.ballot, world_.now);
    }
    world_.acceptors.took(AcceptorId{id_}, as<Acceptor>(), proposal);
    if (world_.tracer && world_.acceptors.instances_chosen() > chosen) {
        world_.tracer.at(index_).chosen(as<Acceptor>(), proposal.instance, proposal.ballot, world_.now);
    }
}

// ---- Steps ---------------------------------------------------------------------------------------------

// What the step has made of the role.
void Process::observe() {
    if (world_.tracer) trace_step();
    if (role_ == Role::proposer) count_reigns();
    if (role_ == Role::acceptor) observe_acceptor();
    if (host_->taken_by()) return give_way();
    std::optional<InstanceId> forgotten;
    if (role_ == Role::learner) {
        forgotten = as<Learner>().forgotten(local());
        reads_.stepped(as<Learner>(), world_.coverage);
    }
    check();
    if (forgotten) {
        crash();
        world_.coverage.count(Branch::learner_gave_up);
        gave_up_ = "instance " + std::to_string(forgotten->value()) + " is forgotten everywhere";
    }
}

// Told that there is another process of its name: it ends, as the real one does.
void Process::give_way() {
    gave_up_ = "told by process " + std::to_string(host_->taken_by()->pid) + " that it runs twice";
    const auto same = [this](const trace::Who& who) { return who.role == role_ && who.id == id_; };
    if (std::none_of(world_.twins.begin(), world_.twins.end(), same)) throw Violation(gave_up_);
    world_.coverage.count(Branch::gave_way);
    crash();
}

void Process::count_reigns() {
    const auto& proposer = as<Proposer>();
    // Who prepares again for its next instance, of its own will, has a new ballot.
    if (!ballot_led_.is_none() && ballot_led_ == proposer.ballot() && !proposer.is_leading()) {
        world_.coverage.count(Branch::preemption);
        ballot_led_ = Ballot{};
    }
    if (!proposer.is_leading() || ballot_led_ == proposer.ballot()) return;
    ballot_led_ = proposer.ballot();
    world_.coverage.count(Branch::reign);
    const std::uint32_t self = (index_ + 1u) << 16 | life_;
    if (world_.leader != 0 && world_.leader != self) world_.coverage.count(Branch::takeover);
    world_.leader = self;
}

// All of it at every step while a role holds little; of one that holds much, its invariants so often that
// each instance is looked at a few times a step.
void Process::check() {
    switch (role_) {
        case Role::acceptor:
            return check(as<Acceptor>(), as<Acceptor>().log());
        case Role::proposer:
            return check(as<Proposer>(), as<Proposer>().learner().log());
        case Role::learner:
            return check(as<Learner>(), as<Learner>().log());
        case Role::client:
            world_.bounds.check(as<Client>());
            return as<Client>().check_invariants();
    }
}

template <typename R>
void Process::check(const R& role, const InstanceLog& log) {
    if constexpr (std::same_as<R, Proposer>) {
        world_.bounds.check(role, world_.deliveries.sessions());
    } else {
        world_.bounds.check(role);
    }
    if (++steps_unchecked_ * kInstancesAStep < log.end().since(log.first())) return;
    steps_unchecked_ = 0;
    role.check_invariants();
    if constexpr (std::same_as<R, Proposer>)
        world_.deliveries.check_sessions(index_, role.delivered_below(), role.sessions());
    if constexpr (std::same_as<R, Acceptor>)
        world_.deliveries.check_sessions(index_, role.sessions_below(), role.sessions());
}

void Process::observe_acceptor() {
    const auto& acceptor = as<Acceptor>();
    world_.acceptors.looked_at(AcceptorId{id_}, acceptor);
    world_.acceptors.stepped(AcceptorId{id_}, acceptor);
    if (acceptor.trimmed_below() > trimmed_below_) world_.coverage.count(Branch::trim);
    trimmed_below_ = acceptor.trimmed_below();
}

void Process::trace_step() {
    trace::RoleWatch& watch = world_.tracer.at(index_);
    if (role_ == Role::acceptor) watch.stepped(as<Acceptor>(), world_.now);
    if (role_ == Role::proposer) watch.stepped(as<Proposer>(), world_.now);
    if (role_ == Role::client) watch.stepped(as<Client>(), world_.now);
}

}  // namespace synod::sim

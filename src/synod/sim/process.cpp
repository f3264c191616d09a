#include "synod/sim/process.hpp"

#include <algorithm>

#include "synod/host/groups.hpp"
#include "synod/sim/hashing.hpp"
#include "synod/sim/role_options.hpp"
#include "synod/sim/sightings.hpp"
#include "synod/sim/violation.hpp"
#include "synod/wire/header.hpp"

namespace synod::sim {

namespace {

constexpr unsigned kDatagramsAtOnce = 32;
constexpr std::uint64_t kBufferOverhead = 512;  // what the kernel keeps with a datagram
constexpr Duration kSpin = microseconds(1);     // between two steps that wait for nothing
constexpr unsigned kIdleStepsMax = 1000;
constexpr std::uint64_t kInstancesAStep = 8;
const std::uint8_t kAcceptType = wire::type_of(Message{Accept{}});
const std::uint8_t kBeaconType = wire::type_of(Message{Beacon{}});
const std::uint8_t kCheckpointType = wire::type_of(Message{Checkpoint{}});

}  // namespace

Process::Process(std::uint8_t index, Role role, std::uint16_t id, const ClusterOptions& options,
                 Surroundings& world)
    : index_(index),
      role_(role),
      id_(id),
      options_(options),
      world_(world),
      random_(world.random.fork()),
      datagram_cost_(options.machines.datagram_cost) {
    world.tracer.add({role, id});
    for (const Role group : host::kGroups)
        if (host::hears(role, group)) world.network.join(index, group);
}

void Process::start() {
    if (is_alive()) return;
    ++life_;
    gave_up_.clear();
    paused_ = false;
    ballot_led_ = Ballot{};
    trimmed_below_ = InstanceId{};
    const std::uint32_t drift = options_.machines.drift_ppm_max;
    const Time shows{random_.below(1'000'000'000'000)};
    const auto drift_ppm = static_cast<std::int64_t>(random_.below(2 * drift + 1)) - drift;
    clock_ = Clock(world_.now, shows, drift_ppm);
    const host::Host::Options host{.cluster = Surroundings::kCluster,
                                   .run = Surroundings::kRun,
                                   .acceptors = options_.acceptors,
                                   .incarnation = Incarnation{random_.next()},
                                   .pid = index_};
    host_ = std::make_unique<host::Host>(host, *this, this);
    switch (role_) {
        case Role::acceptor:
            host_->add(acceptor_options(options_, id_, host.incarnation, disk_.marked, random_.next()));
            world_.acceptors.restarted(AcceptorId{id_});
            if (disk_.marked) world_.coverage.count(Branch::observer);
            disk_.marked = true;
            break;
        case Role::proposer:
            host_->add(proposer_options(options_, id_, host.incarnation, random_.next()), local());
            break;
        case Role::learner:
            host_->add(learner_options(options_, id_, random_.next()));
            world_.deliveries.restarted(index_);
            break;
        case Role::client:
            host_->add(id_, client_options(options_, {random_.next(), random_.next()}));
            values_left_ = value_number_ = 0;
            values_given_.clear();
            in_value_ = false;
            break;
    }
    busy_until_ = world_.now;
    if (world_.tracer) world_.tracer.at(index_).started(world_.now, is_observer() ? "as an observer" : "");
    host_->start(local());
    plan_next({});
}

void Process::crash() {
    if (!is_alive()) return;
    world_.coverage.count(Branch::crash);
    if (has_values_under_way()) world_.coverage.count(Branch::client_in_flight);
    if (world_.tracer) world_.tracer.at(index_).happened(trace::Kind::crashed, world_.now);
    host_.reset();
    paused_ = false;
    wake_at_ = kNever;
    for (const std::uint32_t datagram : inbox_)
        world_.datagrams.release(datagram);
    inbox_.clear();
    inbox_bytes_ = 0;
}

void Process::pause() {
    if (world_.tracer && !paused_) world_.tracer.at(index_).happened(trace::Kind::paused, world_.now);
    paused_ = true;
}

void Process::resume() {
    if (!is_alive() || !paused_) return;
    if (world_.tracer) world_.tracer.at(index_).happened(trace::Kind::resumed, world_.now);
    paused_ = false;
    request_wake(world_.now);
}

void Process::jump_clock(Duration by) {
    if (!is_alive()) return;
    clock_.jump(world_.now, by);
    if (!paused_) request_wake(std::max(world_.now, busy_until_));
}

void Process::submit(std::uint64_t values, Duration interval) {
    if (values_left_ == 0) value_due_ = local();
    values_left_ += values;
    value_interval_ = interval;
    if (is_alive()) request_wake(std::max(world_.now, busy_until_));
}

void Process::submit(Bytes value) {
    values_given_.emplace_back(value.begin(), value.end());
    submit(1, {});
}

void Process::hurry() {
    if (!is_alive() || values_left_ == 0) return;
    value_interval_ = {};
    value_due_ = local();
    if (!paused_) request_wake(std::max(world_.now, busy_until_));
}

// ---- Datagrams -----------------------------------------------------------------------------------------

void Process::arrive(std::uint16_t life, std::uint32_t datagram) {
    const std::uint64_t size = world_.datagrams[datagram].bytes.size() + kBufferOverhead;
    const bool full = inbox_bytes_ + size > options_.machines.receive_buffer_bytes;
    const std::uint8_t type = world_.datagrams[datagram].type;
    const bool gone = !is_alive() || (life != 0 && life != life_);
    if (gone || full) {
        world_.coverage.count(gone ? Fault::dead : Fault::overflowed, type);
        if (world_.tracer) {
            world_.tracer.lost(index_, world_.datagrams[datagram], world_.now, gone ? "gone" : "no room",
                               gone);
        }
        return world_.datagrams.release(datagram);
    }
    if (paused_) world_.coverage.count(Fault::paused, type);
    if (datagram_cost_ > options_.machines.datagram_cost) world_.coverage.count(Fault::slow, type);
    inbox_.push_back(datagram);
    inbox_bytes_ += size;
    request_wake(std::max(world_.now + options_.machines.wake_latency, busy_until_));
}

void Process::send(Destination to, Bytes head, Bytes body) {
    did_something_ = true;
    const std::uint32_t id = world_.datagrams.make();
    Datagram& datagram = world_.datagrams[id];
    datagram.bytes.insert(datagram.bytes.end(), head.begin(), head.end());
    datagram.bytes.insert(datagram.bytes.end(), body.begin(), body.end());
    datagram.from = Network::endpoint(index_, life_);
    datagram.type = wire::read_header(datagram.bytes.data()).type;
    ++world_.coverage.sends[datagram.type];
    if (datagram.type == kAcceptType || gives_away_branches(datagram.type)) look_into(datagram, to);
    if (world_.tracer) trace_sending(to, datagram);
    world_.network.transmit(index_, to, id, world_.now);
}

void Process::look_into(Datagram& datagram, Destination to) {
    const wire::Decoded decoded = world_.decoder.decode(datagram.bytes);
    if (!decoded) throw Violation("a datagram that nobody can read");
    if (const auto* accept = std::get_if<Accept>(&decoded->message)) {
        datagram.proposal = {accept->instance, accept->reign.ballot, hash_of(accept->v_val)};
        return world_.acceptors.proposed(datagram.proposal);
    }
    const bool learns = role_ == Role::learner;
    const Speaker self{role_, role_ == Role::acceptor && as<Acceptor>().is_observer(),
                       learns && world_.deliveries.next(index_) == InstanceId{} &&
                           world_.deliveries.furthest() > InstanceId{}};
    count_sent(self, to, decoded->message, world_.coverage);
}

void Process::deliver(InstanceId instance, Bytes batch) {
    did_something_ = true;
    if (world_.tracer) world_.tracer.at(index_).delivered(instance, batch, world_.now);
    world_.deliveries.delivered(index_, instance, batch, world_.now);
}

void Process::read_datagrams() {
    for (unsigned k = 0; k < kDatagramsAtOnce && !inbox_.empty(); ++k) {
        const std::uint32_t id = inbox_.front();
        inbox_.pop_front();
        inbox_bytes_ -= world_.datagrams[id].bytes.size() + kBufferOverhead;
        take(id);
        world_.datagrams.release(id);
    }
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

void Process::take(std::uint32_t id) {
    const std::uint8_t type = world_.datagrams[id].type;
    const Proposal proposal = world_.datagrams[id].proposal;
    if (world_.tracer) world_.tracer.received(index_, world_.datagrams[id], world_.now);
    // Whatever the step sends may move the pool's table, never the bytes of a datagram.
    const Bytes bytes = world_.datagrams[id].bytes;
    const InstanceId before = checkpointed_below();
    host_->receive(bytes, world_.datagrams[id].from, local());
    if (role_ == Role::acceptor) {
        if (type == kAcceptType) vote_seen(proposal);
        world_.acceptors.looked_at(AcceptorId{id_}, as<Acceptor>());
    }
    count_received(type, before);
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

void Process::trace_sending(Destination to, Datagram& datagram) {
    const wire::Decoded decoded = world_.decoder.decode(datagram.bytes);
    if (!decoded) throw Violation("a message that nobody can read");
    trace_step();  // what it says has become so before
    world_.tracer.sent(index_, to, decoded->message, datagram, world_.now);
}

// ---- Steps ---------------------------------------------------------------------------------------------

void Process::wake(std::uint16_t life) {
    if (!is_alive() || life != life_ || world_.now != wake_at_) return;  // planned, and planned anew since
    wake_at_ = kNever;
    if (paused_) return;
    const auto read = static_cast<std::uint64_t>(std::min<std::size_t>(inbox_.size(), kDatagramsAtOnce));
    did_something_ = read > 0;
    read_datagrams();
    if (role_ == Role::client) pump();
    if (local() >= host_->deadline()) host_->tick(local());
    host_->flush(local());
    observe();
    if (is_alive()) plan_next(datagram_cost_ * read);
}

void Process::pump() {
    auto& client = as<Client>();
    while (values_left_ > 0 && client.has_room() && (in_value_ || local() >= value_due_)) {
        if (!in_value_) begin_value();
        const auto written = client.write(Bytes{value_}.subspan(value_written_), true, local());
        value_written_ += written.bytes;
        did_something_ = true;
        if (!written.all) return;
        in_value_ = false;
        ++value_number_;
        --values_left_;
        value_due_ = value_due_ + value_interval_;
    }
}

void Process::begin_value() {
    const SessionId session = as<Client>().session();
    if (values_given_.empty()) {
        world_.values.make(session, value_number_, value_);
    } else {
        value_ = std::move(values_given_.front());
        values_given_.pop_front();
    }
    world_.deliveries.writing(session, value_, world_.now);
    if (world_.tracer) world_.tracer.at(index_).submitted(value_, world_.now);
    value_written_ = 0;
    in_value_ = true;
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

// What the step has made of the role.
void Process::observe() {
    if (world_.tracer) trace_step();
    if (role_ == Role::proposer) count_reigns();
    if (role_ == Role::acceptor) observe_acceptor();
    if (host_->taken_by())
        throw Violation("told by process " + std::to_string(host_->taken_by()->pid) + " that it runs twice");
    std::optional<InstanceId> forgotten;
    if (role_ == Role::learner) forgotten = as<Learner>().forgotten(local());
    check();
    if (forgotten) {
        crash();
        world_.coverage.count(Branch::learner_gave_up);
        gave_up_ = "instance " + std::to_string(forgotten->value()) + " is forgotten everywhere";
    }
}

void Process::plan_next(Duration busy) {
    busy_until_ = world_.now + busy;
    Time next = clock_.world(host_->deadline());
    if (role_ == Role::client && values_left_ > 0 && as<Client>().has_room()) {
        next = std::min(next, in_value_ ? world_.now : clock_.world(value_due_));
    }
    if (!inbox_.empty()) next = world_.now;
    idle_steps_ = did_something_ || next > world_.now ? 0 : idle_steps_ + 1;
    if (idle_steps_ > kIdleStepsMax) throw Violation("process " + std::to_string(index_) + " spins");
    if (next == kNever) return;
    request_wake(std::max({next, busy_until_, next <= world_.now ? world_.now + kSpin : next}));
}

void Process::request_wake(Time at) {
    if (at >= wake_at_) return;
    wake_at_ = at;
    world_.events.add(at, {Event::Kind::wake, index_, life_, 0});
}

}  // namespace synod::sim

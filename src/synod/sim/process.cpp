#include "synod/sim/process.hpp"

#include <algorithm>

#include "synod/host/groups.hpp"
#include "synod/sim/role_options.hpp"
#include "synod/sim/sightings.hpp"
#include "synod/sim/violation.hpp"
#include "synod/wire/header.hpp"

namespace synod::sim {

namespace {

constexpr std::uint64_t kBufferOverhead = 512;  // what the kernel keeps with a datagram
constexpr Duration kSpin = microseconds(1);     // between two steps that wait for nothing
constexpr unsigned kIdleStepsMax = 1000;
const std::uint8_t kAcceptType = wire::type_of(Message{Accept{}});
const std::uint8_t kStatusRequestType = wire::type_of(Message{StatusRequest{}});

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
            reads_ = {};
            break;
        case Role::client:
            host_->add(id_, client_options(options_, {random_.next(), random_.next()}));
            input_ = {};
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
    world_.events.wake(index_, kNever);
    for (const std::uint32_t datagram : inbox_)
        world_.datagrams.release(datagram);
    inbox_.clear();
    inbox_bytes_ = 0;
}

void Process::start_like(const Process& first) {
    world_.network.imitate(index_, first.index_);
    datagram_cost_ = first.datagram_cost_;
    start();
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
    input_.add(values, interval, local());
    if (is_alive()) request_wake(std::max(world_.now, busy_until_));
}

void Process::submit(Bytes value) {
    input_.add(value, local());
    if (is_alive()) request_wake(std::max(world_.now, busy_until_));
}

void Process::read() {
    reads_.began(as<Learner>().begin_read(), world_.acceptors.chosen_below());
    request_wake(std::max(world_.now, busy_until_));
}

void Process::hurry() {
    if (!is_alive() || input_.empty()) return;
    input_.hurry(local());
    if (!paused_) request_wake(std::max(world_.now, busy_until_));
}

void Process::ask() {
    if (!is_alive()) return;
    wire::Encoder prober(
        {Surroundings::kCluster, Surroundings::kRun, Role::client, id_, Incarnation{random_.next()}});
    wire::Scratch scratch;
    const wire::Encoded request =
        prober.encode(StatusRequest{world_.coverage.sends[kStatusRequestType] + 1}, scratch);
    for (const Role group : {Role::proposer, Role::acceptor, Role::learner})
        send(Destination::to_group(group), request.head, request.body);
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

// ---- Steps ---------------------------------------------------------------------------------------------

void Process::wake() {
    if (paused_) return;
    const auto read = static_cast<std::uint64_t>(std::min<std::size_t>(inbox_.size(), kDatagramsAtOnce));
    did_something_ = read > 0;
    read_datagrams();
    if (role_ == Role::client) did_something_ |= input_.pump(as<Client>(), index_, world_, local());
    if (local() >= host_->deadline()) host_->tick(local());
    host_->flush(local());
    observe();
    if (is_alive()) plan_next(datagram_cost_ * read);
}

void Process::plan_next(Duration busy) {
    busy_until_ = world_.now + busy;
    Time next = clock_.world(host_->deadline());
    if (role_ == Role::client && as<Client>().has_room())
        next = std::min(next, clock_.world(input_.next_at()));
    if (!inbox_.empty()) next = world_.now;
    idle_steps_ = did_something_ || next > world_.now ? 0 : idle_steps_ + 1;
    if (idle_steps_ > kIdleStepsMax) throw Violation("process " + std::to_string(index_) + " spins");
    if (next == kNever) return;
    request_wake(std::max({next, busy_until_, next <= world_.now ? world_.now + kSpin : next}));
}

void Process::request_wake(Time at) {
    if (at < world_.events.wake_at(index_)) world_.events.wake(index_, at);
}

}  // namespace synod::sim

#include "synod/sim/world.hpp"

#include <algorithm>

#include "synod/wire/header.hpp"

namespace synod::sim {

World::World(const ClusterOptions& options, trace::Sink* trace)
    : options_(options),
      world_(options_, options.acceptors + options.proposers + options.learners + options.clients, trace) {
    add(Role::acceptor, 1, options.acceptors);
    add(Role::proposer, 0, options.proposers);
    add(Role::learner, 0, options.learners);
    add(Role::client, 0, options.clients);
}

void World::add(Role role, unsigned first, unsigned count) {
    first_of_role_[static_cast<std::size_t>(role)] = processes_.size() - first;
    for (unsigned id = first; id < first + count; ++id) {
        processes_.push_back(std::make_unique<Process>(static_cast<std::uint8_t>(processes_.size()), role,
                                                       static_cast<std::uint16_t>(id), options_, world_));
    }
}

Process& World::process(Role role, unsigned id) {
    return *processes_.at(first_of_role_[static_cast<std::size_t>(role)] + id);
}

void World::start_all() {
    for (const auto& process : processes_)
        process->start();
}

void World::start_twin(Role role, unsigned id) {
    if (role == Role::acceptor || !process(role, id).is_alive()) return;
    if (world_.twins.size() == Surroundings::kTwinsMax) return;
    world_.twins.push_back({role, static_cast<std::uint16_t>(id), false});
    world_.events.add_process();
    processes_.push_back(std::make_unique<Process>(static_cast<std::uint8_t>(processes_.size()), role,
                                                   static_cast<std::uint16_t>(id), options_, world_));
    processes_.back()->start_like(process(role, id));
}

void World::end_twins() {
    for (std::size_t k = processes_.size() - world_.twins.size(); k < processes_.size(); ++k)
        processes_[k]->crash();
}

void World::run_until(Time end) {
    while (world_.events.next_at() <= end) {
        const Time at = world_.events.next_at();
        happen(at, world_.events.pop());
    }
    world_.now = std::max(world_.now, end);
}

bool World::run_until(const std::function<bool()>& holds, Duration bound, Duration often) {
    const Time end = now() + bound;
    while (!holds()) {
        if (now() >= end) return false;
        run_until(std::min(end, now() + often));
    }
    return true;
}

void World::happen(Time at, const Event& event) {
    world_.now = at;
    ++events_;
    last_ = event.process;
    Process& process = *processes_[event.process];
    hash_.add(at.ns << 8 ^ event.process);
    if (event.kind == Event::Kind::arrival) {
        const Datagram& datagram = world_.datagrams[event.datagram];
        const bool whole = datagram.bytes.size() >= wire::kHeaderBytes;
        hash_.add(datagram.bytes.size() << 32 ^
                  (whole ? wire::read_header(datagram.bytes.data()).checksum : 0));
        process.arrive(event.life, event.datagram);
    } else {
        process.wake();
    }
}

void World::cut_one_way(const Process& from, const Process& to) {
    world_.network.cut(from.index(), to.index());
    if (world_.tracer) world_.tracer.link(trace::Kind::cut, from.index(), to.index(), now());
}

void World::mend_one_way(const Process& from, const Process& to) {
    world_.network.mend(from.index(), to.index());
    if (world_.tracer) world_.tracer.link(trace::Kind::mended, from.index(), to.index(), now());
}

void World::cut(const Process& a, const Process& b) {
    cut_one_way(a, b);
    cut_one_way(b, a);
}

void World::mend(const Process& a, const Process& b) {
    mend_one_way(a, b);
    mend_one_way(b, a);
}

// False for a learner whose next instance was chosen, but trimmed or lost with its holder by whoever lives:
// it waits for what is nowhere. A proposer can start from an acceptor's table of sessions instead.
bool World::can_follow(const Process& process) const {
    if (!process.is_alive()) return false;
    const bool learns = process.role() == Role::learner;
    const Learner& learner = learns ? process.as<Learner>() : process.as<Proposer>().learner();
    const InstanceId next = learner.log().decided_below();
    if (!world_.acceptors.chosen(next)) return true;
    return std::any_of(processes_.begin(), processes_.end(), [&](const auto& p) {
        if (p->role() != Role::acceptor || !p->is_alive()) return false;
        const auto& acceptor = p->template as<Acceptor>();
        return acceptor.log().find(next) != nullptr || (!learns && acceptor.sessions_below() > next);
    });
}

bool World::all_delivered() const {
    for (const auto& process : processes_) {
        if (!process->is_alive()) continue;
        if (process->role() == Role::client) {
            const auto& client = process->as<Client>();
            if (!process->has_written_all() || !client.all_decided()) return false;
            if (world_.deliveries.values_delivered(client.session()) < client.values_written()) return false;
        }
        const bool behind = world_.deliveries.next(process->index()) < world_.deliveries.furthest();
        if (process->role() == Role::learner && behind && can_follow(*process)) return false;
    }
    return true;
}

bool World::can_progress() const {
    unsigned voters = 0;
    unsigned learners = 0;
    unsigned proposers = 0;
    unsigned lost_proposers = 0;
    for (const auto& process : processes_) {
        voters += process->is_voter();
        learners += process->role() == Role::learner && can_follow(*process);
        if (process->role() != Role::proposer || !process->is_alive()) continue;
        ++(can_follow(*process) ? proposers : lost_proposers);
    }
    // Who cannot follow does not know it, and may keep the others from leading.
    return voters >= Quorum(options_.acceptors).size() && learners > 0 && proposers > 0 &&
           lost_proposers == 0;
}

std::string World::undelivered() const {
    std::string text;
    for (const auto& process : processes_) {
        const std::string name = std::to_string(process->id());
        if (!process->is_alive()) continue;
        if (process->role() == Role::client) {
            const auto& client = process->as<Client>();
            text += " client " + name + ": written " + std::to_string(client.values_written()) +
                    ", decided " + std::to_string(client.values_decided()) + ", delivered " +
                    std::to_string(world_.deliveries.values_delivered(client.session())) + ";";
        }
        if (process->role() == Role::learner) {
            text += " learner " + name + ": " +
                    std::to_string(world_.deliveries.next(process->index()).value()) + " of " +
                    std::to_string(world_.deliveries.furthest().value()) + " instances;";
        }
    }
    return text;
}

}  // namespace synod::sim

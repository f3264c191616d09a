#include <algorithm>

#include "synod/sim/plan.hpp"
#include "synod/sim/world.hpp"

namespace synod::sim {

namespace {

class Hand {
public:
    explicit Hand(World& world) : world_(world) {}

    void operator()(const deed::Start& start) const;
    void operator()(const deed::Crash& crash) const;
    void operator()(const deed::Pause& pause) const;
    void operator()(const deed::Resume& resume) const;
    void operator()(const deed::Slow& slow) const;
    void operator()(const deed::Jump& jump) const;
    void operator()(const deed::Burst& burst) const;
    void operator()(const deed::Read& read) const;
    void operator()(const deed::Depose& depose) const;
    void operator()(const deed::Partition& partition) const;
    void operator()(const deed::Cut& cut) const;
    void operator()(const deed::SlowLink& slow) const;
    void operator()(const deed::Meddle& meddle) const;
    void operator()(const deed::Twin& twin) const { world_.start_twin(twin.who.role, twin.who.id); }
    void operator()(const deed::Ask& ask) const;
    void operator()(const deed::Weather& weather) const;
    void operator()(const deed::Mend& mend) const;
    void operator()(const deed::Heal& heal) const;

private:
    [[nodiscard]] Process* find(const Name& name) const;
    [[nodiscard]] Process* find_leader() const;
    // A twin, too.
    template <typename Use>
    void each(const Name& name, Use&& use) const {
        for (const auto& process : world_.processes())
            if (process->role() == name.role && process->id() == name.id) use(*process);
    }
    [[nodiscard]] std::vector<std::uint8_t> places(const std::vector<Name>& names) const;
    void separate(const std::vector<bool>& side, bool only_rulers) const;
    void ensure_alive(Role role) const;

    World& world_;
};

// Null when the cluster has no such process.
Process* Hand::find(const Name& name) const {
    for (const auto& process : world_.processes()) {
        if (process->role() == name.role && process->id() == name.id) return process.get();
    }
    return nullptr;
}

// Of several, the one with the highest ballot; null when nobody leads.
Process* Hand::find_leader() const {
    Process* leader = nullptr;
    for (const auto& process : world_.processes()) {
        if (process->role() != Role::proposer || !process->is_alive()) continue;
        const auto& proposer = process->as<Proposer>();
        if (!proposer.is_leading()) continue;
        if (leader == nullptr || proposer.ballot() > leader->as<Proposer>().ballot()) leader = process.get();
    }
    return leader;
}

std::vector<std::uint8_t> Hand::places(const std::vector<Name>& names) const {
    std::vector<std::uint8_t> places;
    for (const Name& name : names) {
        if (const Process* process = find(name)) places.push_back(process->index());
    }
    return places;
}

void Hand::operator()(const deed::Start& start) const {
    if (Process* process = find(start.who)) process->start();
}

void Hand::operator()(const deed::Crash& crash) const {
    if (Process* process = find(crash.who)) process->crash();
}

void Hand::operator()(const deed::Pause& pause) const {
    each(pause.who, [](Process& process) {
        if (process.is_alive()) process.pause();
    });
}

void Hand::operator()(const deed::Resume& resume) const {
    each(resume.who, [](Process& process) { process.resume(); });
}

void Hand::operator()(const deed::Slow& slow) const {
    each(slow.who, [&](Process& process) { process.set_cost(slow.each); });
}

void Hand::operator()(const deed::Jump& jump) const {
    each(jump.who, [&](Process& process) { process.jump_clock(jump.by); });
}

void Hand::operator()(const deed::Burst& burst) const {
    Process* client = find(burst.client);
    if (client != nullptr && client->is_alive()) client->submit(burst.values, burst.interval);
}

void Hand::operator()(const deed::Read& read) const {
    Process* learner = find(read.learner);
    if (learner != nullptr && learner->is_alive()) learner->read();
}

void Hand::operator()(const deed::Depose& depose) const {
    const Process* leader = find_leader();
    if (leader == nullptr) return;
    std::vector<bool> side(world_.processes().size());
    side[leader->index()] = true;
    for (const Name& name : depose.with) {
        if (const Process* process = find(name)) side[process->index()] = true;
    }
    separate(side, true);
}

void Hand::operator()(const deed::Partition& partition) const {
    std::vector<bool> side(world_.processes().size());
    for (const Name& name : partition.side) {
        if (const Process* process = find(name)) side[process->index()] = true;
    }
    separate(side, false);
}

// Cuts all links between those on the side and those that are not; of these only acceptors and proposers, if
// so it is said.
void Hand::separate(const std::vector<bool>& side, bool only_rulers) const {
    for (const auto& a : world_.processes()) {
        for (const auto& b : world_.processes()) {
            const bool ruler = b->role() == Role::acceptor || b->role() == Role::proposer;
            if (!side[a->index()] || side[b->index()] || (only_rulers && !ruler)) continue;
            world_.cut(*a, *b);
        }
    }
}

void Hand::operator()(const deed::Cut& cut) const {
    const Process* from = find(cut.from);
    const Process* to = find(cut.to);
    if (from != nullptr && to != nullptr) world_.network().cut(from->index(), to->index());
}

void Hand::operator()(const deed::SlowLink& slow) const {
    const Process* from = find(slow.from);
    const Process* to = find(slow.to);
    if (from == nullptr || to == nullptr) return;
    LinkQuality links = world_.network().quality();
    links.delay_max = links.delay_max + slow.delay_max;
    world_.network().set_quality(from->index(), to->index(), links);
}

void Hand::operator()(const deed::Meddle& meddle) const {
    world_.network().meddle(
        {meddle.kind, meddle.type, places(meddle.speakers), places(meddle.hearers), meddle.times, meddle.by});
}

void Hand::operator()(const deed::Ask& ask) const {
    if (Process* process = find(ask.who)) process->ask();
}

void Hand::operator()(const deed::Weather& weather) const {
    world_.network().set_quality(weather.links);
}

void Hand::operator()(const deed::Mend&) const {
    world_.network().mend_all();
}

void Hand::operator()(const deed::Heal& heal) const {
    LinkQuality links = world_.options().links;
    links.loss_ppm = links.duplicate_ppm = links.reorder_ppm = links.damage_ppm = 0;
    world_.network().mend_all();
    world_.network().set_quality(links);
    world_.end_twins();
    for (const auto& process : world_.processes()) {
        process->resume();
        process->set_cost(world_.options().machines.datagram_cost);
        // Who never lived has lost nothing: an acceptor that starts now votes.
        if (process->life() == 0) process->start();
        process->hurry();
    }
    for (const Name& name : heal.start)
        (*this)(deed::Start{name});
    ensure_alive(Role::proposer);
    ensure_alive(Role::learner);
}

void Hand::ensure_alive(Role role) const {
    const auto& processes = world_.processes();
    const auto alive = [role](const auto& p) { return p->role() == role && p->is_alive(); };
    if (std::any_of(processes.begin(), processes.end(), alive)) return;
    for (const auto& process : processes) {
        if (process->role() == role) return process->start();
    }
}

}  // namespace

void act(World& world, const Deed& deed) {
    std::visit(Hand(world), deed);
}

void unfold(const Plan& plan, World& world) {
    for (const TimedDeed& timed : plan.deeds) {
        if (timed.at > world.now()) world.run_until(timed.at);
        act(world, timed.deed);
    }
}

}  // namespace synod::sim

#include "synod/sim/history.hpp"

#include <algorithm>

namespace synod::sim {

// Null when the cluster has no such process.
Process* History::find(const Name& name) {
    for (const auto& process : world_.processes()) {
        if (process->role() == name.role && process->id() == name.id) return process.get();
    }
    return nullptr;
}

void History::unfold() {
    for (const Step& step : plan_.steps) {
        world_.run_until(step.at);
        std::visit([this](const auto& deed) { act(deed); }, step.deed);
    }
    world_.run_until(Time{} + plan_.length);
}

void History::act(const Start& start) {
    if (Process* process = find(start.who)) process->start();
}

void History::act(const Crash& crash) {
    if (Process* process = find(crash.who)) process->crash();
}

void History::act(const Pause& pause) {
    Process* process = find(pause.who);
    if (process != nullptr && process->is_alive()) process->pause();
}

void History::act(const Resume& resume) {
    if (Process* process = find(resume.who)) process->resume();
}

void History::act(const Slow& slow) {
    if (Process* process = find(slow.who)) process->set_cost(slow.each);
}

void History::act(const Jump& jump) {
    if (Process* process = find(jump.who)) process->jump_clock(jump.by);
}

void History::act(const Burst& burst) {
    Process* client = find(burst.client);
    if (client != nullptr && client->is_alive()) client->submit(burst.values, burst.interval);
}

void History::act(const Depose& depose) {
    const auto& processes = world_.processes();
    const auto leader = std::find_if(processes.begin(), processes.end(), [](const auto& p) {
        return p->role() == Role::proposer && p->is_alive() && p->template as<Proposer>().is_leading();
    });
    if (leader == processes.end()) return;
    std::vector<bool> side(processes.size());
    side[(*leader)->index()] = true;
    for (const Name& name : depose.with) {
        if (const Process* process = find(name)) side[process->index()] = true;
    }
    separate(side, true);
}

void History::act(const Partition& partition) {
    std::vector<bool> side(world_.processes().size());
    for (const Name& name : partition.side) {
        if (const Process* process = find(name)) side[process->index()] = true;
    }
    separate(side, false);
}

// Cuts all links between those on the side and those that are not; of these only acceptors and proposers, if
// so it is said.
void History::separate(const std::vector<bool>& side, bool only_rulers) {
    for (const auto& a : world_.processes()) {
        for (const auto& b : world_.processes()) {
            const bool ruler = b->role() == Role::acceptor || b->role() == Role::proposer;
            if (!side[a->index()] || side[b->index()] || (only_rulers && !ruler)) continue;
            world_.cut(*a, *b);
        }
    }
}

void History::act(const Cut& cut) {
    const Process* from = find(cut.from);
    const Process* to = find(cut.to);
    if (from != nullptr && to != nullptr) world_.network().cut(from->index(), to->index());
}

void History::act(const SlowLink& slow) {
    const Process* from = find(slow.from);
    const Process* to = find(slow.to);
    if (from == nullptr || to == nullptr) return;
    LinkQuality links = world_.network().quality();
    links.delay_max = links.delay_max + slow.delay_max;
    world_.network().set_quality(from->index(), to->index(), links);
}

void History::act(const Weather& weather) {
    world_.network().set_quality(weather.links);
}

void History::act(const Mend&) {
    world_.network().mend_all();
}

void History::heal() {
    LinkQuality links = plan_.cluster.links;
    links.loss_ppm = links.duplicate_ppm = links.reorder_ppm = links.damage_ppm = 0;
    world_.network().mend_all();
    world_.network().set_quality(links);
    for (const auto& process : world_.processes()) {
        process->resume();
        process->set_cost(plan_.cluster.machines.datagram_cost);
        // Who never lived has lost nothing: an acceptor that starts now votes.
        if (process->life() == 0) process->start();
        process->hurry();
    }
    for (const Name& name : plan_.revived)
        act(Start{name});
    ensure_alive(Role::proposer);
    ensure_alive(Role::learner);
}

void History::ensure_alive(Role role) {
    const auto& processes = world_.processes();
    const auto alive = [role](const auto& p) { return p->role() == role && p->is_alive(); };
    if (std::any_of(processes.begin(), processes.end(), alive)) return;
    for (const auto& process : processes) {
        if (process->role() == role) return process->start();
    }
}

}  // namespace synod::sim

#include "synod/sim/nemesis.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace synod::sim {

namespace {
constexpr unsigned kLivesMax = 3;  // of a client with many values, on average
constexpr Duration kSlowStepMax = microseconds(500);
constexpr Duration kSlowDelayMax = milliseconds(100);
}  // namespace

// Some process that is wanted; null when there is none.
template <typename Wanted>
Process* Nemesis::any(Wanted&& wanted) {
    Processes found;
    for (const auto& process : world_.processes()) {
        if (wanted(*process)) found.push_back(process.get());
    }
    return found.empty() ? nullptr : found[random_.below(found.size())];
}

void Nemesis::start(Process& process) {
    const bool was_alive = process.is_alive();
    process.start();
    if (was_alive || process.role() != Role::client) return;
    // What dead clients leave in the leader's hands takes its time, too.
    const bool enough = ++clients_started_ > kLivesMax * plan_.cluster.clients;
    process.submit(enough ? 1 : plan_.values_each, plan_.value_interval);
}

void Nemesis::begin() {
    for (const auto& process : world_.processes()) {
        if (!random_.percent(plan_.late_percent)) start(*process);
    }
}

void Nemesis::rage() {
    const Time end = world_.now() + plan_.faulty_phase;
    while (world_.now() < end) {
        const Time next = world_.now() + random_.between({1}, plan_.fault_interval_max);
        world_.run_until(std::min(next, end));
        if (plan_.faulty && world_.now() < end) strike();
    }
}

void Nemesis::strike() {
    const FaultWeights& w = plan_.weights;
    const std::array<std::pair<std::uint32_t, void (*)(Nemesis&)>, 14> faults{{
        {w.crash_acceptor, [](Nemesis& n) { n.crash_acceptor(); }},
        {w.crash_proposer, [](Nemesis& n) { n.crash(Role::proposer); }},
        {w.crash_learner, [](Nemesis& n) { n.crash(Role::learner); }},
        {w.crash_client, [](Nemesis& n) { n.crash(Role::client); }},
        {w.restart, [](Nemesis& n) { n.restart(); }},
        {w.depose, [](Nemesis& n) { n.depose(); }},
        {w.pause, [](Nemesis& n) { n.pause(); }},
        {w.resume, [](Nemesis& n) { n.resume(); }},
        {w.partition, [](Nemesis& n) { n.partition(); }},
        {w.isolate, [](Nemesis& n) { n.isolate(); }},
        {w.cut, [](Nemesis& n) { n.cut_pair(); }},
        {w.slow_link, [](Nemesis& n) { n.slow_link(); }},
        {w.slow_process,
         [](Nemesis& n) {
             n.any([](auto&) { return true; })->set_cost(n.random_.between({}, kSlowStepMax));
         }},
        {w.mend, [](Nemesis& n) { n.world_.network().mend_all(); }},
    }};
    std::uint64_t total = 0;
    for (const auto& fault : faults)
        total += fault.first;
    std::uint64_t draw = random_.below(total);
    for (const auto& [weight, strike] : faults) {
        if (draw < weight) return strike(*this);
        draw -= weight;
    }
}

void Nemesis::crash(Role role) {
    Process* process = any([role](const Process& p) { return p.role() == role && p.is_alive(); });
    if (process != nullptr) process->crash();
}

void Nemesis::crash_acceptor() {
    Process* process = any([](const Process& p) { return p.role() == Role::acceptor && p.is_alive(); });
    if (process == nullptr || (process->is_voter() && acceptors_lost_ == plan_.acceptors_lost_max)) return;
    acceptors_lost_ += process->is_voter();
    process->crash();
}

void Nemesis::restart() {
    Process* process = any([](const Process& p) { return !p.is_alive(); });
    if (process != nullptr) start(*process);
}

// What it proposes from now on gets votes, but too few, while others may reign.
void Nemesis::depose() {
    const Process* leader = any([](const Process& p) {
        return p.role() == Role::proposer && p.is_alive() && p.as<Proposer>().is_leading();
    });
    if (leader == nullptr) return;
    std::vector<bool> with_leader(world_.processes().size());
    unsigned minority = (plan_.cluster.acceptors - 1) / 2;
    for (const auto& process : world_.processes()) {
        const bool joins = process->role() == Role::acceptor && minority > 0 && random_.percent(50);
        minority -= joins;
        with_leader[process->index()] = joins || process.get() == leader;
    }
    for (const auto& a : world_.processes()) {
        for (const auto& b : world_.processes()) {
            const bool rules = b->role() == Role::acceptor || b->role() == Role::proposer;
            if (!with_leader[a->index()] || with_leader[b->index()] || !rules) continue;
            world_.network().cut(a->index(), b->index());
            world_.network().cut(b->index(), a->index());
        }
    }
}

void Nemesis::pause() {
    Process* process = any([](const Process& p) { return p.is_alive() && !p.is_paused(); });
    if (process != nullptr) process->pause();
}

void Nemesis::resume() {
    Process* process = any([](const Process& p) { return p.is_alive() && p.is_paused(); });
    if (process != nullptr) process->resume();
}

void Nemesis::partition() {
    std::vector<bool> side;
    for (std::size_t k = 0; k < world_.processes().size(); ++k)
        side.push_back(random_.percent(50));
    for (const auto& a : world_.processes()) {
        for (const auto& b : world_.processes()) {
            if (side[a->index()] != side[b->index()]) world_.network().cut(a->index(), b->index());
        }
    }
}

void Nemesis::isolate() {
    const Process& lonely = *any([](auto&) { return true; });
    const auto share = static_cast<std::uint32_t>(random_.between(30, 100));
    for (const auto& other : world_.processes()) {
        if (random_.percent(share)) cut(lonely, *other);
    }
}

void Nemesis::cut(const Process& from, const Process& to) {
    if (random_.percent(75)) world_.network().cut(from.index(), to.index());
    if (random_.percent(75)) world_.network().cut(to.index(), from.index());
}

void Nemesis::cut_pair() {
    const Process& from = *any([](auto&) { return true; });
    const Process& to = *any([](auto&) { return true; });
    cut(from, to);
}

void Nemesis::slow_link() {
    LinkQuality slow = plan_.cluster.links;
    slow.delay_max = slow.delay_max + random_.between({}, kSlowDelayMax);
    const Process& from = *any([](auto&) { return true; });
    const Process& to = *any([](auto&) { return true; });
    world_.network().set_quality(from.index(), to.index(), slow);
}

void Nemesis::heal() {
    LinkQuality links = plan_.cluster.links;
    links.loss_ppm = links.duplicate_ppm = links.reorder_ppm = links.damage_ppm = 0;
    world_.network().mend_all();
    world_.network().set_quality(links);
    for (const auto& process : world_.processes()) {
        process->resume();
        process->set_cost(plan_.cluster.machines.datagram_cost);
        // Who never lived has lost nothing: an acceptor that starts now votes.
        if (!process->is_alive() && (process->life() == 0 || random_.percent(50))) start(*process);
        process->hurry();
    }
    ensure_alive(Role::proposer);
    ensure_alive(Role::learner);
}

void Nemesis::ensure_alive(Role role) {
    const auto is_alive = [role](const Process& p) { return p.role() == role && p.is_alive(); };
    const auto is_dead = [role](const Process& p) { return p.role() == role && !p.is_alive(); };
    if (any(is_alive) == nullptr) start(*any(is_dead));
}

}  // namespace synod::sim

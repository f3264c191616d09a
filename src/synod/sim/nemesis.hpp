#pragma once

#include <vector>

#include "synod/sim/plan.hpp"
#include "synod/sim/random.hpp"
#include "synod/sim/world.hpp"

namespace synod::sim {

// Does to a world what its plan allows, one thing after the other; and undoes it at the end.
class Nemesis {
public:
    Nemesis(const Plan& plan, Random random, World& world) : plan_(plan), random_(random), world_(world) {}

    // Starts the processes, but for those that come late.
    void begin();
    // Until the faulty phase is over.
    void rage();
    // Makes the network whole; nothing is paused or slow any more; a proposer and a learner live, and maybe
    // more.
    void heal();

private:
    using Processes = std::vector<Process*>;

    void strike();
    void crash(Role role);
    void crash_acceptor();
    void restart();
    void depose();
    void pause();
    void resume();
    void partition();
    void isolate();
    void cut_pair();
    void cut(const Process& from, const Process& to);
    void slow_link();
    void start(Process& process);
    void ensure_alive(Role role);
    template <typename Wanted>
    Process* any(Wanted&& wanted);

    const Plan& plan_;
    Random random_;
    World& world_;
    unsigned acceptors_lost_ = 0;
    unsigned clients_started_ = 0;
};

}  // namespace synod::sim

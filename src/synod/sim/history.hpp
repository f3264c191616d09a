#pragma once

#include "synod/sim/plan.hpp"
#include "synod/sim/world.hpp"

namespace synod::sim {

// Does to a world what a plan says, step by step; then undoes it.
class History {
public:
    History(const Plan& plan, World& world) : plan_(plan), world_(world) {}

    // Throws a Violation.
    void unfold();
    // Makes the network whole; nothing is paused or slow any more; a proposer and a learner live, and maybe
    // more.
    void heal();

private:
    [[nodiscard]] Process* find(const Name& name);
    void ensure_alive(Role role);

    void act(const Start& start);
    void act(const Crash& crash);
    void act(const Pause& pause);
    void act(const Resume& resume);
    void act(const Slow& slow);
    void act(const Jump& jump);
    void act(const Burst& burst);
    void act(const Depose& depose);
    void act(const Partition& partition);
    void act(const Cut& cut);
    void act(const SlowLink& slow);
    void act(const Weather& weather);
    void act(const Mend& mend);
    void separate(const std::vector<bool>& side, bool only_rulers);

    const Plan& plan_;
    World& world_;
};

}  // namespace synod::sim

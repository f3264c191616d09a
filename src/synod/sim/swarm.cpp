#include "synod/sim/swarm.hpp"

#include "synod/sim/world.hpp"

namespace synod::sim {

namespace {

constexpr Duration kAfterwards = milliseconds(300);  // in which nothing more may be delivered twice

std::string at_time(Time now) {
    return " (at " + std::to_string(now.ns / 1000) + " us)";
}

// Throws a Violation.
void live_through(const Plan& plan, World& world, const SwarmOptions& options, Result& result) {
    unfold(plan, world);
    const Time healed = world.now();
    const auto done = [&] { return !world.can_progress() || world.all_delivered(); };
    const bool delivered = world.run_until(done, options.heal_bound, milliseconds(5));
    result.live = world.can_progress();
    result.healed_after = world.now().since(healed);
    if (result.live && !delivered) throw Violation("not everything is delivered:" + world.undelivered());
    world.run_for(kAfterwards);
}

}  // namespace

Result run_seed(std::uint64_t seed, const SwarmOptions& options) {
    return run_plan(draw_plan(seed), options);
}

Result run_plan(const Plan& plan, const SwarmOptions& options) {
    const ThrowOnBrokenInvariant throw_on_broken_invariant;
    World world(plan.cluster);
    Result result{.seed = plan.cluster.seed, .faulty = plan.is_faulty()};
    try {
        live_through(plan, world, options, result);
    } catch (const Violation& violation) {
        result.failure = violation.what() + at_time(world.now());
    }
    result.coverage = world.coverage();
    result.hash = world.hash();
    result.events = world.events();
    result.simulated = {world.now().ns};
    result.instances_chosen = world.acceptors().instances_chosen();
    result.values_delivered = world.deliveries().values_delivered();
    return result;
}

}  // namespace synod::sim

#include "synod/sim/plan.hpp"

#include <algorithm>

namespace synod::sim {

namespace {

bool is_faulty_link(const LinkQuality& links) {
    return links.loss_ppm + links.duplicate_ppm + links.reorder_ppm + links.damage_ppm > 0;
}

bool is_fault(const Deed& deed) {
    if (const auto* weather = std::get_if<deed::Weather>(&deed)) return is_faulty_link(weather->links);
    return !std::holds_alternative<deed::Start>(deed) && !std::holds_alternative<deed::Burst>(deed) &&
           !std::holds_alternative<deed::Read>(deed) && !std::holds_alternative<deed::Ask>(deed) &&
           !std::holds_alternative<deed::Mend>(deed) && !std::holds_alternative<deed::Heal>(deed);
}

}  // namespace

bool Plan::is_faulty() const noexcept {
    return is_faulty_link(cluster.links) ||
           std::any_of(deeds.begin(), deeds.end(),
                       [](const TimedDeed& timed) { return is_fault(timed.deed); });
}

Plan draw_plan(std::uint64_t seed) {
    Random random(seed);
    Plan plan;
    const bool faulty = random.percent(95);
    plan.cluster = draw_cluster(seed, faulty, random);
    draw_deeds(plan, faulty, random);
    return plan;
}

}  // namespace synod::sim

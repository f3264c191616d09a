#include "synod/sim/read_oracle.hpp"

#include <string>

#include "synod/sim/violation.hpp"

namespace synod::sim {

void ReadOracle::asked(std::uint64_t number, Coverage& counts) {
    if (number == asked_) counts.count(Branch::read_asked_again);
    asked_ = number;
}

void ReadOracle::stepped(const Learner& learner, Coverage& counts) {
    const bool waits = learner.reads().waits_for_delivery();
    if (waits && !waits_) counts.count(Branch::read_waits);
    waits_ = waits;
    while (!under_way_.empty() && under_way_.front().number <= learner.reads().done()) {
        const InstanceId chosen_below = under_way_.front().chosen_below;
        if (learner.delivered_below() < chosen_below) {
            throw Violation("a read that has missed instance " + std::to_string(chosen_below.value() - 1) +
                            ", chosen before it began: delivered below " +
                            std::to_string(learner.delivered_below().value()));
        }
        under_way_.pop_front();
        ++done_;
        counts.count(Branch::read);
    }
}

}  // namespace synod::sim

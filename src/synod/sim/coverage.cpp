#include "synod/sim/coverage.hpp"

namespace synod::sim {

void Coverage::add(const Coverage& other) noexcept {
    for (std::size_t k = 0; k < sends.size(); ++k)
        sends[k] += other.sends[k];
    lost += other.lost;
    cut += other.cut;
    duplicated += other.duplicated;
    overtaken += other.overtaken;
    damaged += other.damaged;
    overflowed += other.overflowed;
    reigns += other.reigns;
    adopted += other.adopted;
    no_ops += other.no_ops;
    observers += other.observers;
    gave_up += other.gave_up;
    crashes += other.crashes;
}

}  // namespace synod::sim

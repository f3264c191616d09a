#pragma once

#include <cstdint>
#include <deque>

#include "synod/core/learner.hpp"
#include "synod/sim/coverage.hpp"

namespace synod::sim {

// Holds the reads of one life of a learner against what was chosen when they began.
//
//   linearizable   when a read is done, its learner has delivered everything that was chosen before it began
//                  (and so all whose decision anybody knew)
class ReadOracle {
public:
    // A read has begun, with this number, when every instance that was chosen lay below.
    void began(std::uint64_t number, InstanceId chosen_below) {
        under_way_.push_back({number, chosen_below});
    }
    // The question of this number, or once more.
    void asked(std::uint64_t number, Coverage& counts);
    // After each step.
    void stepped(const Learner& learner, Coverage& counts);

    [[nodiscard]] std::uint64_t done() const noexcept { return done_; }

private:
    struct Read {
        std::uint64_t number = 0;
        InstanceId chosen_below;
    };
    std::deque<Read> under_way_;
    std::uint64_t done_ = 0;
    std::uint64_t asked_ = 0;
    bool waits_ = false;
};

}  // namespace synod::sim

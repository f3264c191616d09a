#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <tuple>

#include "synod/core/check.hpp"
#include "synod/core/hash.hpp"
#include "synod/core/ids.hpp"
#include "synod/core/quorum.hpp"

namespace synod {

// How far a majority of so many learners has come, by what they say: a dead one has what it had when it last
// spoke. Where learners give each other snapshots, what lies below is held by a majority whether the log
// still has it or not.
class DeliveredByMajority {
public:
    explicit DeliveredByMajority(unsigned learners) : majority_(learners / 2 + 1) {
        SYNOD_CHECK(learners >= 1 && learners <= kAcceptorsMax);
    }

    // Who begins a new life begins with nothing.
    void heard(LearnerId learner, Incarnation life, InstanceId delivered_below) noexcept {
        if (learner.value() > kAcceptorsMax) return;
        Known& known = known_[learner.value()];
        if (known.life == life && delivered_below <= known.below) return;
        known = {life, delivered_below};
        count();
    }
    [[nodiscard]] InstanceId below() const noexcept { return below_; }

    [[nodiscard]] auto state() const noexcept { return std::tie(known_, below_); }
    friend bool operator==(const DeliveredByMajority& a, const DeliveredByMajority& b) {
        return a.state() == b.state();
    }

private:
    struct Known {
        Incarnation life;
        InstanceId below;
        [[nodiscard]] auto state() const noexcept { return std::tie(life, below); }
        friend bool operator==(const Known&, const Known&) = default;
    };
    void count() noexcept {
        std::array<InstanceId, kAcceptorsMax + 1> furthest{};
        std::transform(known_.begin(), known_.end(), furthest.begin(),
                       [](const Known& known) { return known.below; });
        const auto last = furthest.begin() + (majority_ - 1);
        std::nth_element(furthest.begin(), last, furthest.end(), std::greater<>());
        below_ = *last;
    }

    unsigned majority_;
    std::array<Known, kAcceptorsMax + 1> known_{};  // by learner
    InstanceId below_;
};

}  // namespace synod

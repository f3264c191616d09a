#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <tuple>

#include "synod/core/hash.hpp"
#include "synod/core/ids.hpp"
#include "synod/core/quorum.hpp"

namespace synod {

// How far a majority of the learners 1..learners has come, by what they say. Where learners give each other
// snapshots, what lies below is held by a majority whether the log still has it or not.
class DeliveredByMajority {
public:
    explicit DeliveredByMajority(unsigned learners) : learners_(learners) {}

    // Who begins a new life begins with nothing.
    void heard(LearnerId learner, Incarnation life, InstanceId delivered_below) noexcept {
        if (learner.value() < 1 || learner.value() > learners_.acceptors()) return;
        Known& known = known_[learner.value() - 1U];
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
        std::array<InstanceId, kAcceptorsMax> furthest{};
        std::transform(known_.begin(), known_.end(), furthest.begin(),
                       [](const Known& known) { return known.below; });
        const auto last = furthest.begin() + (learners_.size() - 1);
        std::nth_element(furthest.begin(), last, furthest.end(), std::greater<>());
        below_ = *last;
    }

    Quorum learners_;
    std::array<Known, kAcceptorsMax> known_{};
    InstanceId below_;
};

}  // namespace synod

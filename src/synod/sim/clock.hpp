#pragma once

#include "synod/core/time.hpp"

namespace synod::sim {

// What one process takes for the time: it starts anywhere, runs a little fast or slow, and may jump ahead.
// All that a role may rely on is that it never runs backwards.
class Clock {
public:
    Clock() = default;
    Clock(Time started, Time shows, std::int64_t drift_ppm)
        : started_(started), shows_(shows), rate_(static_cast<std::uint64_t>(kMillion + drift_ppm)) {}

    [[nodiscard]] Time local(Time world) const noexcept {
        const std::uint64_t ns = world.since(started_).ns;
        return shows_ + Duration{ns / kMillion * rate_ + ns % kMillion * rate_ / kMillion};
    }
    // From now on it shows so much more.
    void jump(Time now, Duration by) noexcept {
        shows_ = local(now) + by;
        started_ = now;
    }
    // The first moment at which the clock shows `local` or more.
    [[nodiscard]] Time world(Time local) const noexcept {
        if (local == kNever) return kNever;
        const std::uint64_t ns = local.since(shows_).ns;
        Time at = started_ + Duration{ns / rate_ * kMillion + ns % rate_ * kMillion / rate_};
        while (this->local(at) < local)
            at.ns += 1;
        return at;
    }

private:
    static constexpr std::int64_t kMillion = 1'000'000;

    Time started_;
    Time shows_;
    std::uint64_t rate_ = kMillion;  // ns of the clock in a million of the world
};

}  // namespace synod::sim

#pragma once

#include <tuple>

#include "synod/core/time.hpp"

namespace synod {

// How long an answer takes, from those that came: smoothed, and how far off it is apt to be (Jacobson:
// "Congestion Avoidance and Control", 1988; RFC 6298).
class RoundTrip {
public:
    void measured(Duration sample) noexcept {
        if (smoothed_ == Duration{}) {
            smoothed_ = sample;
            deviation_ = sample / 2;
            return;
        }
        const Duration off{sample > smoothed_ ? sample.ns - smoothed_.ns : smoothed_.ns - sample.ns};
        deviation_ = {deviation_.ns - deviation_.ns / 4 + off.ns / 4};
        smoothed_ = {smoothed_.ns - smoothed_.ns / 8 + sample.ns / 8};
    }
    // An answer that has not come by then is late; zero before the first one.
    [[nodiscard]] Duration bound() const noexcept { return smoothed_ + deviation_ * 4; }
    [[nodiscard]] auto state() const noexcept { return std::tie(smoothed_, deviation_); }
    friend bool operator==(const RoundTrip&, const RoundTrip&) = default;

private:
    Duration smoothed_;
    Duration deviation_;
};

}  // namespace synod

#pragma once

#include <algorithm>
#include <tuple>

#include "synod/core/time.hpp"

namespace synod {

// How long to wait for the answer to numbered messages before they are sent again: twice what the quickest
// of the last answers took, and twice as long each time that they were sent again in vain. To send again too
// early costs a datagram; to wait until the slowest answers would have come, those that had to wait for
// lost ones, would make each loss dearer, and so the next wait longer.
//
// Messages are timed one after the other, and none that was sent again, since nobody could say to which
// sending its answer belongs; what has grown in vain stays until one is answered that was sent once (Karn,
// Partridge: "Improving Round-Trip Time Estimates in Reliable Transport Protocols", 1987).
template <typename Number>
class Patience {
public:
    Patience(Duration least, Duration most) : least_(least), most_(most), now_(least) {}

    [[nodiscard]] Duration now() const noexcept { return now_; }

    void sent(Number number, Time now) noexcept {
        if (is_timing_) return;
        is_timing_ = true;
        number_ = number;
        sent_at_ = now;
    }
    void sent_again(Number number) noexcept { is_timing_ = is_timing_ && number != number_; }
    void answered_below(Number end, Time now) noexcept {
        if (!is_timing_ || number_ >= end) return;
        measured(now.since(sent_at_));
        begin_anew();
    }
    void was_in_vain() noexcept { now_ = std::min(now_ * 2, most_); }
    // Who is to answer is another one now.
    void begin_anew() noexcept {
        is_timing_ = false;
        const bool none = measured_ == 0;
        now_ = none ? least_ : std::clamp(std::min(quickest_, quickest_before_) * 2, least_, most_);
    }

    [[nodiscard]] auto state() const noexcept {
        return std::tie(now_, quickest_, quickest_before_, measured_, is_timing_, number_, sent_at_);
    }
    friend bool operator==(const Patience& a, const Patience& b) { return a.state() == b.state(); }

private:
    static constexpr unsigned kTogether = 16;  // answers, of which the quickest is remembered

    void measured(Duration took) noexcept {
        if (measured_ == 0 || measured_ == kTogether) {
            quickest_before_ = measured_ == 0 ? took : quickest_;
            quickest_ = took;
            measured_ = 0;
        }
        quickest_ = std::min(quickest_, took);
        ++measured_;
    }

    Duration least_;
    Duration most_;
    Duration now_;
    Duration quickest_;         // of the last `measured_` answers
    Duration quickest_before_;  // of the kTogether before them
    unsigned measured_ = 0;
    bool is_timing_ = false;
    Number number_{};
    Time sent_at_;
};

}  // namespace synod

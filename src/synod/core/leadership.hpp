#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>

#include "synod/core/jitter.hpp"
#include "synod/core/time.hpp"

namespace synod {

// Says when a proposer should try to reign: the oracle `none`, which elects nobody. Safety never depends on
// it. Who sees a live reign stays quiet; who sees the leader silent, or clients' values undecided for too
// long, prepares a higher ballot, after a random wait that grows with each attempt that is shut out.
class Leadership {
public:
    struct Options {
        Duration listen = milliseconds(5);     // before the first attempt, and as much again at random
        Duration silence = milliseconds(150);  // of a leader that beacons every 50 ms at the latest
        Duration stall = milliseconds(500);    // with values waiting and none decided
        Duration away = milliseconds(100);     // so late that it must have been us
        unsigned backoff_max = 8;              // times the above
        std::uint64_t seed = 0;
    };
    Leadership(const Options& options, Time now)
        : options_(options),
          jitter_(options.seed),
          attempt_at_(now + options.listen + jitter_.below(options.listen)) {}

    // Another proposer reigns, or, when `fresh`, has begun to try.
    void on_rival(bool fresh, Time now) {
        attempt_at_ = std::max(attempt_at_, now + spread(options_.silence));
        if (fresh) stall_at_ = kNever;
    }
    // A client's value is not decided yet.
    void on_demand(Time now) {
        if (stall_at_ != kNever) return;
        stall_at_ = now + spread(options_.stall);
        demand_since_ = now;
    }
    // Something has been decided.
    void on_progress() noexcept {
        stall_at_ = kNever;
        backoff_ = 1;
    }
    void on_shut_out(Time now) {
        backoff_ = std::min(backoff_ * 2, options_.backoff_max);
        attempt_at_ = now + spread(options_.silence);
        stall_at_ = kNever;
    }
    void on_attempt() noexcept { stall_at_ = kNever; }

    // `on_demand_only`: there is no point in reigning without values to propose.
    // Who looks much later than it wanted to was itself away, stopped or starved, and the leader's silence is
    // its own: it listens first.
    [[nodiscard]] bool should_attempt(Time now, bool on_demand_only) {
        const Time due = deadline(on_demand_only);
        if (now < due) return false;
        if (now.since(std::max(due, demand_since_)) < options_.away) return true;
        attempt_at_ = now + spread(options_.silence);
        stall_at_ = kNever;
        return false;
    }
    [[nodiscard]] Time deadline(bool on_demand_only) const noexcept {
        return on_demand_only && stall_at_ == kNever ? kNever : std::min(attempt_at_, stall_at_);
    }

    [[nodiscard]] auto state() const noexcept {
        return std::tie(jitter_, attempt_at_, stall_at_, demand_since_, backoff_);
    }
    friend bool operator==(const Leadership& a, const Leadership& b) { return a.state() == b.state(); }

private:
    Duration spread(Duration d) { return d * backoff_ + jitter_.below(d * backoff_); }

    Options options_;
    Jitter jitter_;
    Time attempt_at_;
    Time stall_at_ = kNever;
    Time demand_since_;  // when stall_at_ was set last
    unsigned backoff_ = 1;
};

}  // namespace synod

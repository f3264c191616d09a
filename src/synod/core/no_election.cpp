#include "synod/core/no_election.hpp"

#include <algorithm>

namespace synod {

namespace {
constexpr Duration kSilence = milliseconds(150);  // of a leader that beacons every 50 ms at the latest
constexpr Duration kAway = milliseconds(100);     // so late that it must have been us
constexpr unsigned kBackoffMax = 8;
}  // namespace

NoElection::NoElection(const OracleSelf&, const OracleOptions& options, Time now)
    : options_(options.with_defaults({}, kSilence)),
      jitter_(options.seed),
      attempt_at_(now + options.listen + jitter_.below(options.listen)) {}

void NoElection::on_alive(ProposerId, Time now) {
    attempt_at_ = std::max(attempt_at_, now + spread(options_.suspect));
}

void NoElection::on_new_ballot(Time now) {
    attempt_at_ = std::max(attempt_at_, now + spread(options_.suspect));
    stall_at_ = kNever;
}

void NoElection::on_demand(Time now) {
    if (stall_at_ != kNever) return;
    stall_at_ = now + spread(options_.stall);
    demand_since_ = now;
}

void NoElection::on_progress(Time) noexcept {
    stall_at_ = kNever;
    backoff_ = 1;
}

void NoElection::on_shut_out(Time now) {
    backoff_ = std::min(backoff_ * 2, kBackoffMax);
    attempt_at_ = now + spread(options_.suspect);
    stall_at_ = kNever;
}

// Who looks much later than it wanted to was itself away, stopped or starved, and the leader's silence is its
// own: it listens first.
Advice NoElection::advise(const Standing& standing, Time now, Outbox&) {
    if (!standing.follows() || now < due()) return Advice::go_on;
    if (now.since(std::max(due(), demand_since_)) < kAway) return Advice::attempt;
    attempt_at_ = now + spread(options_.suspect);
    stall_at_ = kNever;
    return Advice::go_on;
}

Time NoElection::due() const noexcept {
    return options_.on_demand_only && stall_at_ == kNever ? kNever : std::min(attempt_at_, stall_at_);
}

Time NoElection::deadline(const Standing& standing) const noexcept {
    return standing.follows() ? due() : kNever;
}

}  // namespace synod

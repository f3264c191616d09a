#include "synod/core/ballot_election.hpp"

#include <algorithm>

namespace synod {

namespace {
constexpr Duration kBallotPing = milliseconds(10);
constexpr Duration kBallotSuspect = milliseconds(40);
constexpr Duration kRoundTripMax = milliseconds(500);  // what is slower than that is as good as down
constexpr unsigned kStallGrowthMax = 8;
constexpr std::uint64_t kIdle = 5;                // periods between heartbeats of a leader that is idle
constexpr Duration kIdleMax = milliseconds(500);  // unless the period is longer
constexpr Duration kRest = milliseconds(1000);  // between heartbeats of a follower that finds a leader alive
}  // namespace

BallotElection::BallotElection(const OracleSelf& self, const OracleOptions& options, Time now)
    : options_(options.with_defaults(kBallotPing, kBallotSuspect)),
      self_(self),
      quorum_(self.acceptors),
      jitter_(options.seed),
      beat_at_(now),
      excused_until_(now + options.listen + jitter_.below(options.listen)),
      stall_(options.stall) {
    echoed_at_.fill(kNever);
}

// ---- What it hears -------------------------------------------------------------------------------------

void BallotElection::on_new_ballot(Time now) {
    claimed_until_ = now;
    patience_ = jitter_.below(std::max(timeout() / 2, round_trip_.bound()));
    stall_at_ = kNever;
}

void BallotElection::on_demand(Time now) {
    if (stall_at_ == kNever) stall_at_ = now + stall_ + jitter_.below(stall_);
}

void BallotElection::on_shut_out(Time now) {
    on_new_ballot(now);
    stall_ = std::min(stall_ * 2, options_.stall * kStallGrowthMax);
}

void BallotElection::on_progress(Time now) noexcept {
    decided_at_ = now;
    stall_at_ = kNever;
    stall_ = options_.stall;
}

void BallotElection::on(const Echo& echo, const Sender&, Time now, Outbox&) {
    const bool known = echo.number >= 1 && echo.number <= number_ && number_ - echo.number < kRemembered;
    if (!known || !quorum_.is_member(echo.acceptor)) return;
    Sent& sent = sent_[echo.number % kRemembered];
    if (sent.echoed.add(echo.acceptor) && sent.echoed.size() == quorum_.size()) {
        round_trip_.measured(std::min(now.since(sent.at), kRoundTripMax));
        if (echo.number == number_) lenience_ = sent.quiet;
    }
    echoed_at_[echo.acceptor.value()] = now;
    const bool own = echo.claimed.proposer == self_.id && echo.claimed.incarnation == self_.incarnation;
    if (echo.claimed.is_none() || own || echo.silent.ns >= now.ns) return;
    claimed_until_ = std::max(claimed_until_, Time{now.ns - echo.silent.ns});
}

// ---- What it makes of it -------------------------------------------------------------------------------

Duration BallotElection::period() const noexcept {
    return std::max(options_.ping, round_trip_.bound() / 4);
}

Duration BallotElection::timeout() const noexcept {
    return std::max(options_.suspect, round_trip_.bound() + period() * 3);
}

Time BallotElection::attempt_at() const noexcept {
    const Time silent = claimed_until_ == Time{} ? Time{} : claimed_until_ + timeout() + patience_;
    return std::min(stall_at_, std::max(excused_until_, silent));
}

bool BallotElection::is_connected() const noexcept {
    const auto fresh = echoed_at_.size() -
                       static_cast<std::size_t>(std::count(echoed_at_.begin(), echoed_at_.end(), kNever));
    return fresh >= quorum_.size();
}

// A follower's comes early enough to know whether a quorum is reached when it would try; an idle leader's
// comes soon when the last one was in vain.
Time BallotElection::next_beat(const Standing& standing) const noexcept {
    const Duration ahead = timeout() / 2;
    if (!standing.follows()) {
        const bool in_vain = interval_ > period() && !is_answered();
        return in_vain ? std::min(beat_at_, sent_[number_ % kRemembered].at + ahead) : beat_at_;
    }
    const Time late{std::max(attempt_at().ns, ahead.ns) - ahead.ns};
    return std::min(std::max(beat_at_, late), beat_at_ + kRest);
}

void BallotElection::note_absence(const Standing& standing, Time now) {
    if (now.since(next_beat(standing)) <= timeout() / 2) return;
    excused_until_ = now + timeout();
    stall_at_ = kNever;
}

void BallotElection::forget_old_echoes(Time now) noexcept {
    for (Time& at : echoed_at_) {
        if (at != kNever && now.since(at) >= timeout() + lenience_) at = kNever;
    }
}

Advice BallotElection::advise(const Standing& standing, Time now, Outbox& outbox) {
    note_absence(standing, now);
    forget_old_echoes(now);
    if (now >= next_beat(standing)) beat(standing, now, outbox);
    if (standing.follows()) return is_connected() && now >= attempt_at() ? Advice::attempt : Advice::go_on;
    const bool decides = standing.leads && now.since(decided_at_) < timeout();
    return is_connected() || decides || now < excused_until_ ? Advice::go_on : Advice::stand_down;
}

// What is announced as quiet is enough for one heartbeat to be lost.
void BallotElection::beat(const Standing& standing, Time now, Outbox& outbox) {
    const bool decides = standing.leads && now.since(decided_at_) < period();
    const bool idle = standing.leads && !decides && is_answered();
    const Duration longest = std::max(period(), std::min(period() * kIdle, kIdleMax));
    interval_ = idle ? std::clamp(interval_ * 2, period(), longest) : period();
    beat_at_ = now + interval_;
    if (decides) {
        lenience_ = {};
        return;
    }
    const Duration quiet{2 * (interval_.ns - period().ns)};
    lenience_ = std::max(lenience_, quiet);
    ++number_;
    sent_[number_ % kRemembered] = {now, quiet, {}};
    outbox.send(Destination::to_group(Role::acceptor), Heartbeat{number_, standing.ballot, quiet});
}

Time BallotElection::deadline(const Standing& standing) const noexcept {
    const Time beat = next_beat(standing);
    return standing.follows() && is_connected() ? std::min(beat, attempt_at()) : beat;
}

}  // namespace synod

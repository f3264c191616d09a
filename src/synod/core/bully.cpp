#include "synod/core/bully.hpp"

#include <algorithm>

namespace synod {

namespace {
constexpr Duration kBullyPing = milliseconds(100);
constexpr Duration kBullySuspect = milliseconds(500);
constexpr unsigned kBullyBackoffMax = 256;
}  // namespace

Bully::Bully(const OracleSelf& self, const OracleOptions& options, Time now)
    : options_(options.with_defaults(kBullyPing, kBullySuspect)),
      id_(self.id),
      jitter_(options.seed),
      due_(now),
      attempt_at_(now + options.listen + jitter_.below(options.listen)) {}

void Bully::become(State state, Time due) noexcept {
    state_ = state;
    due_ = due;
}

// Everything that the coordinator says shows that it lives.
void Bully::on_alive(ProposerId id, Time now) noexcept {
    if (state_ == State::follows && id == coordinator_) due_ = now + options_.suspect;
}

// By one that does not hear us, or is not heard.
void Bully::on_shut_out(Time now) {
    const Duration wait = options_.listen * backoff_;
    attempt_at_ = now + wait + jitter_.below(wait);
    backoff_ = std::min(backoff_ * 2, kBullyBackoffMax);
}

void Bully::on(const Election&, const Sender& from, Time now, Outbox& outbox) {
    if (ProposerId{from.id} >= id_) return;
    outbox.send(Destination::to_process(from.endpoint), Answer{});
    if (state_ == State::follows) call(now, outbox);
    if (state_ == State::coordinates) coordinate(now, outbox);
}

// The one that answered is to become coordinator, or to know of another one.
void Bully::on(const Answer&, const Sender& from, Time now, Outbox&) {
    if (state_ != State::calls || ProposerId{from.id} <= id_) return;
    coordinator_ = ProposerId{from.id};
    become(State::follows, now + options_.suspect);
}

void Bully::on(const Coordinator&, const Sender& from, Time now, Outbox& outbox) {
    const ProposerId other{from.id};
    if (other > id_) {
        coordinator_ = other;
        become(State::follows, now + options_.suspect);
    } else if (other < id_ && state_ == State::follows) {
        call(now, outbox);
    }
}

void Bully::call(Time now, Outbox& outbox) {
    outbox.send(Destination::to_group(Role::proposer), Election{});
    become(State::calls, now + options_.ping);
}

void Bully::coordinate(Time now, Outbox& outbox) {
    outbox.send(Destination::to_group(Role::proposer), Coordinator{});
    become(State::coordinates, now + options_.ping);
}

// Who looks much later than it wanted to was itself away, and may have missed answers. A leader goes on to
// lead while it calls an election.
Advice Bully::advise(const Standing& standing, Time now, Outbox& outbox) {
    const bool away = now.since(due_) > options_.suspect / 2;
    if (now >= due_) {
        const bool was_answered_by_nobody = state_ != State::follows && !away;
        was_answered_by_nobody ? coordinate(now, outbox) : call(now, outbox);
    }
    if (!standing.follows()) return state_ == State::follows ? Advice::stand_down : Advice::go_on;
    return state_ == State::coordinates && now >= attempt_at_ ? Advice::attempt : Advice::go_on;
}

Time Bully::deadline(const Standing& standing) const noexcept {
    if (!standing.follows()) return state_ == State::follows ? Time{} : due_;
    return state_ == State::coordinates ? std::min(due_, attempt_at_) : due_;
}

}  // namespace synod

#include "synod/core/proposer.hpp"

#include <algorithm>
#include <utility>

#include "synod/core/check.hpp"

namespace synod {

namespace {

constexpr Duration kPrepareRetryFirst = milliseconds(5);
constexpr Duration kPrepareRetryMax = milliseconds(100);
constexpr Duration kResendFirst = milliseconds(4);
constexpr Duration kResendMax = milliseconds(50);
constexpr Duration kResendAgain = milliseconds(2);  // before a lost one is taken for lost again
constexpr Duration kBeaconFirst = microseconds(500);
constexpr Duration kHousekeeping = milliseconds(1000);
constexpr std::uint64_t kResendBurst = 16;  // instances

Learner::Options learner_options(const Proposer::Options& options) {
    return {.id = LearnerId{options.id.value()},
            .acceptors = options.acceptors,
            .reports = false,
            .window_bytes = options.flow.window_bytes,
            .log = options.log,
            .repair = options.repair};
}

// The oracle `none` has no other signs of a leader's life.
Duration beacon_interval_max(Oracle oracle) {
    return milliseconds(oracle == Oracle::none ? 50 : 200);
}

OracleOptions oracle_options(const Proposer::Options& options) {
    OracleOptions oracle = options.leadership;
    oracle.on_demand_only = !options.proactive_phase1;
    return oracle;
}

}  // namespace

Proposer::Proposer(const Options& options, Time now)
    : options_(options),
      quorum_(options.acceptors),
      learner_(learner_options(options)),
      leadership_({options.id, options.incarnation, options.acceptors}, oracle_options(options), now),
      admission_(options.admission),
      batcher_(options.batch),
      flow_(options.flow) {}

// ---- What it hears -------------------------------------------------------------------------------------

void Proposer::on(const Submit& submit, const Sender& from, Time now, Outbox& outbox) {
    const auto run = read_single_run(submit.run);
    if (!run) return;
    if (admitting_) return admission_.offer(*run, from.endpoint, now, batcher_, learner_.log());
    const PieceNumber next = sessions_.next(run->session());
    if (next >= run->end()) {  // delivered long ago: whoever acknowledged it may be dead
        outbox.send(Destination::to_process(from.endpoint),
                    Ack{run->session(), next, next, next, 0, Ballot{}});
    } else {
        leadership_.on_demand(now);
    }
}

void Proposer::on(const Prepare& prepare, const Sender&, Time now, Outbox&) {
    heard_proposer(prepare.ballot, now);
}

void Proposer::on(const Promise& promise, const Sender& from, Time now, Outbox& outbox) {
    if (state_ != State::preparing || promise.ballot != c_rnd_ || !quorum_.is_member(promise.acceptor))
        return;
    learner_.acceptors().heard(promise.acceptor, from.endpoint, now);
    phase1_->add(promise);
    if (phase1_->is_complete()) {
        learner_.log().note_decided_below(phase1_->start());
        return try_begin_reign(now, outbox);
    }
    const InstanceId cursor = phase1_->cursor(promise.acceptor);
    if (cursor == kInstanceEnd || promise.covered.end != cursor) return;
    rest_due_.add(promise.acceptor);
    // The next page, when it is lost, is missed soon; and none of those that are here is asked for again.
    prepare_retry_ = kPrepareRetryFirst;
    prepare_due_ = now + prepare_retry_;
    prepare_all_ = false;
}

void Proposer::on(const Accept& accept, const Sender& from, Time now, Outbox& outbox) {
    heard_proposer(accept.reign.ballot, now);
    if (!is_leading()) learner_.on(accept, from, now, outbox);
}

void Proposer::on(const Accepted& accepted, const Sender& from, Time now, Outbox& outbox) {
    if (!quorum_.is_member(accepted.acceptor)) return;
    note_ballot(accepted.ballot, now);
    learner_.on(accepted, from, now, outbox);
    if (!is_leading()) return;
    flow_.heard(Role::acceptor, accepted.acceptor.value(), accepted.seen_below, accepted.window_bytes, now);
    if (accepted.ballot != c_rnd_) return;
    InstanceId& seen = seen_below_[accepted.acceptor.value()];
    seen = std::max(seen, accepted.seen_below);
}

void Proposer::on(const Nack& nack, const Sender&, Time now, Outbox&) {
    note_ballot(nack.promised, now);
    if (!is_leading() || nack.refused != c_rnd_ || nack.trimmed_below <= reign_.decided_below) return;
    if (!quorum_.is_member(nack.acceptor)) return;
    forgotten_below_ = nack.trimmed_below;
    step_down(now);  // what it proposes has been decided and forgotten: it has to catch up first
}

void Proposer::on(const Beacon& beacon, const Sender& from, Time now, Outbox& outbox) {
    heard_proposer(beacon.reign.ballot, now);
    if (!is_leading()) learner_.on(beacon, from, now, outbox);
}

// A leader has delivered all before its reign; of its reign it trusts only the votes in its own ballot (P3).
void Proposer::on(const Repair& repair, const Sender& from, Time now, Outbox& outbox) {
    for (const VoteEntry& entry : repair.entries)
        note_ballot(entry.v_rnd, now);
    if (is_leading()) return;
    learner_.on(repair, from, now, outbox);
    if (quorum_.is_member(repair.acceptor))
        checkpoint_fetch_.note_trimmed(repair.trimmed_below, from.endpoint);
}

void Proposer::on(const Checkpoint& page, const Sender& from, Time now, Outbox&) {
    if (is_leading() || !quorum_.is_member(page.acceptor)) return;
    learner_.acceptors().heard(page.acceptor, from.endpoint, now);
    auto checkpoint = checkpoint_fetch_.add(page, from.endpoint, now);
    if (checkpoint && checkpoint->at > delivered_below_) start_from(std::move(*checkpoint), now);
}

void Proposer::on(const LearnerStatus& status, const Sender&, Time now, Outbox&) {
    if (!is_leading()) return;
    flow_.heard(Role::learner, status.learner.value(), status.seen_below, status.window_bytes, now);
}

void Proposer::on(const Hello&, const Sender& from, Time, Outbox& outbox) {
    if (is_leading()) send_beacon(Destination::to_process(from.endpoint), outbox);
}

void Proposer::on(const Heartbeat& heartbeat, const Sender&, Time now, Outbox&) {
    heard_proposer(heartbeat.ballot, now, heartbeat.quiet);
}

void Proposer::on(const Echo& echo, const Sender& from, Time now, Outbox& outbox) {
    if (!quorum_.is_member(echo.acceptor)) return;
    learner_.acceptors().heard(echo.acceptor, from.endpoint, now);
    note_ballot(echo.promised, now);
    leadership_.on(echo, from, now, outbox);
}

// A ballot of another proposer, from itself or by way of an acceptor.
void Proposer::note_ballot(Ballot ballot, Time now) {
    if (ballot.proposer == options_.id && ballot.incarnation == options_.incarnation) return;
    if (ballot > highest_seen_) {
        highest_seen_ = ballot;
        leadership_.on_new_ballot(now);
    }
    const bool in_the_way = ballot == highest_seen_ && ballot > c_rnd_;
    if (in_the_way && (state_ != State::following || admitting_)) step_down(now);
}

void Proposer::heard_proposer(Ballot ballot, Time now, Duration quiet) {
    note_ballot(ballot, now);
    const bool of_the_past = ballot.is_none() || ballot != highest_seen_;
    if (!of_the_past) leadership_.on_alive(ballot.proposer, now + quiet);
}

Standing Proposer::standing() const noexcept {
    return state_ == State::following ? Standing{} : Standing{c_rnd_, is_leading()};
}

void Proposer::follow_oracle(Time now, Outbox& outbox) {
    switch (leadership_.advise(standing(), now, outbox)) {
        case Advice::attempt:
            return prepare(now, outbox);
        case Advice::stand_down:
            return step_down(now);
        case Advice::go_on:
            break;
    }
}

// ---- Phase 1 -------------------------------------------------------------------------------------------

void Proposer::prepare(Time now, Outbox& outbox) {
    const std::uint64_t round = std::max(highest_seen_.round, c_rnd_.round).value() + 1;
    c_rnd_ = Ballot{Round{round}, options_.id, options_.incarnation};
    state_ = State::preparing;
    leadership_.on_attempt();
    phase1_.emplace(c_rnd_, options_.acceptors, std::exchange(forgotten_below_, {}));
    rest_due_ = {};
    prepare_retry_ = kPrepareRetryFirst;
    prepare_all_ = true;
    beacon_due_ = resend_due_ = kNever;
    caught_up_below_ = delivered_below_;
    send_prepare(now, outbox);
}

// For the next instance of a reign without proactive phase 1. Acceptors that have not heard what is decided
// would have it proposed again, and all that clients have under way sent again.
void Proposer::prepare_again(Time now, Outbox& outbox) {
    if (beaconed_decided_ < reign_.decided_below) send_beacon(Destination::to_group(Role::acceptor), outbox);
    prepare(now, outbox);
}

// To all acceptors at first, then in turns to those that have begun to answer and to all: if all were asked
// each time, whole answers of those that are done could for ever drown the end of one that is not.
void Proposer::send_prepare(Time now, Outbox& outbox) {
    if (prepare_all_ || !prepare_rest(outbox)) {
        outbox.send(Destination::to_group(Role::acceptor), Prepare{c_rnd_, InstanceId{}});
    }
    prepare_all_ = !prepare_all_;
    prepare_due_ = now + prepare_retry_;
    prepare_retry_ = std::min(prepare_retry_ * 2, kPrepareRetryMax);
}

// Those that have not answered whole, from where their answers end. False when none of them is known.
bool Proposer::prepare_rest(Outbox& outbox) {
    bool any = false;
    for (AcceptorId a{1}; quorum_.is_member(a); a = a.next()) {
        const InstanceId cursor = phase1_->cursor(a);
        const Endpoint endpoint = learner_.acceptors().endpoint(a);
        if (cursor == kInstanceEnd || endpoint.is_none()) continue;
        outbox.send(Destination::to_process(endpoint), Prepare{c_rnd_, cursor});
        any = true;
    }
    return any;
}

// A long answer has come, as far as it goes: asks for its next pages, once for all that came together.
void Proposer::ask_for_rest(Outbox& outbox) {
    for (AcceptorId a{1}; quorum_.is_member(a); a = a.next()) {
        const InstanceId cursor = phase1_->cursor(a);
        if (!rest_due_.contains(a) || cursor == kInstanceEnd) continue;
        const Endpoint endpoint = learner_.acceptors().endpoint(a);
        outbox.send(Destination::to_process(endpoint), Prepare{c_rnd_, cursor});
    }
    rest_due_ = {};
}

// Others have decided, and forgotten, what is missing here.
void Proposer::start_from(CheckpointFetch::Complete checkpoint, Time now) {
    if (admitting_) step_down(now);  // what it has admitted does not count any more
    sessions_ = std::move(checkpoint.sessions);
    delivered_below_ = checkpoint.at;
    learner_.skip_to(checkpoint.at, now);
    leadership_.on_progress(now);
}

void Proposer::try_begin_reign(Time now, Outbox& outbox) {
    if (!phase1_->is_complete() || delivered_below_ < phase1_->start()) return;  // P2
    if (contradicts_log()) return step_down(now);
    const InstanceId first = phase1_->start();
    state_ = State::leading;
    ++elections_;
    prepare_due_ = kNever;
    reign_ = {c_rnd_, first, first};
    next_ = first;
    recover_end_ = phase1_->end();
    announced_decided_ = beaconed_decided_ = first;
    seen_below_.fill(first);
    flow_.begin(first);
    resend_after_ = kResendFirst;
    housekeeping_due_ = now + kHousekeeping;
    if (!admitting_ || recover_end_ > first || learner_.log().first() != first) {
        begin_admission();
        send_beacon(Destination::to_group(Role::client), outbox);  // they send again what is not acknowledged
    }
    beacon_interval_ = kBeaconFirst;
    beacon_due_ = now;
}

// What has been delivered was chosen, so every quorum reports it: else somebody lies.
bool Proposer::contradicts_log() const noexcept {
    for (InstanceId i = phase1_->start(); i < delivered_below_; i = i.next()) {
        if (phase1_->value(i) == nullptr) return true;
    }
    return false;
}

void Proposer::begin_admission() {
    batcher_.clear(learner_.log());
    learner_.restart_at(next_);
    admission_.begin(sessions_);
    for (InstanceId i = std::max(next_, delivered_below_); i < recover_end_; i = i.next()) {
        if (const auto* value = phase1_->value(i)) admission_.foresee(*value);
    }
    admitting_ = true;
}

void Proposer::step_down(Time now) {
    state_ = State::following;
    admitting_ = false;
    batcher_.clear(learner_.log());
    phase1_.reset();
    prepare_due_ = resend_due_ = beacon_due_ = housekeeping_due_ = kNever;
    leadership_.on_shut_out(now);
}

// Without proactive phase 1 a reign is over with its first new instance.
bool Proposer::needs_phase1() const noexcept {
    return !options_.proactive_phase1 && next_ > recover_end_;
}

// ---- Phase 2 -------------------------------------------------------------------------------------------

// P3: instance by instance, as quorums in our own ballot come in.
void Proposer::count_decided() {
    const InstanceId before = reign_.decided_below;
    while (reign_.decided_below < next_) {
        const VoteCount votes = learner_.votes(reign_.decided_below);
        if (votes.ballot() != c_rnd_ || !votes.is_chosen(quorum_)) break;
        reign_.decided_below = reign_.decided_below.next();
    }
    if (reign_.decided_below == before) return;
    flow_.decided(reign_.decided_below);
    resend_after_ = kResendFirst;
    resend_due_ = kNever;
}

void Proposer::deliver(Time now) {
    const bool leading = is_leading();
    while (const auto delivery = learner_.front()) {
        if (leading && delivery->instance >= reign_.decided_below) break;
        if (delivery->instance == delivered_below_) {
            delivered_below_ = delivered_below_.next();
            sessions_.take_all(delivery->batch);
            if (admitting_) admission_.note_delivered(delivery->batch, now);
            leadership_.on_progress(now);
        }
        learner_.pop();
    }
}

void Proposer::propose(Time now, Outbox& outbox) {
    const InstanceId before = next_;
    while (flow_.may_send(now) && propose_next(now)) {
        send_accept(next_, outbox);
        flow_.sent(next_, learner_.log().find(next_)->value.size);
        next_ = next_.next();
    }
    if (next_ == before) return;
    beacon_interval_ = kBeaconFirst;
    beacon_due_ = now + beacon_interval_;
}

bool Proposer::has_room() const noexcept {
    return learner_.log().has_room(next_, options_.batch.bytes_max);
}

// Puts the value of next_ into the log, if there is one to propose.
bool Proposer::propose_next(Time now) {
    InstanceLog& log = learner_.log();
    if (!has_room()) return false;
    const InstanceLog::Entry* held = log.find(next_);
    if (held != nullptr && held->decided) {
        log.put(next_, c_rnd_, log.value(*held));
        return true;
    }
    if (next_ < recover_end_) {
        const auto* value = phase1_->value(next_);
        if (!log.put(next_, c_rnd_, value == nullptr ? Bytes{} : Bytes{*value})) return false;
        learner_.try_decide(next_);  // a quorum of a lower ballot may have been counted without its value
        return true;
    }
    if (needs_phase1()) return false;
    const auto batch = batcher_.take(flow_.is_idle(), now, log);
    if (batch) log.put_staged(next_, c_rnd_, *batch);
    return batch.has_value();
}

void Proposer::send_accept(InstanceId i, Outbox& outbox) {
    const InstanceLog& log = learner_.log();
    outbox.send(Destination::to_group(Role::acceptor), Accept{reign_, i, log.value(*log.find(i))});
}

// A quorum has become impossible: too many acceptors have seen later instances and not voted for this one.
bool Proposer::has_lost_quorum(InstanceId i) const noexcept {
    const VoteCount votes = learner_.votes(i);
    unsigned missed = 0;
    for (AcceptorId a{1}; quorum_.is_member(a); a = a.next()) {
        const bool voted = votes.ballot() == c_rnd_ && votes.voters().contains(a);
        missed += !voted && seen_below_[a.value()] > i;
    }
    return missed > quorum_.acceptors() - quorum_.size();
}

void Proposer::resend_lost(Time now, Outbox& outbox) {
    const InstanceId head = reign_.decided_below;
    if (head >= next_) return;
    const bool lately = resent_head_ == head && now.since(resent_at_) < kResendAgain;
    if (!lately && has_lost_quorum(head)) {
        const InstanceId end = std::min(next_, head.plus(kResendBurst));
        for (InstanceId i = head; i < end; i = i.next()) {
            if (has_lost_quorum(i)) resend(i, now, outbox);
        }
    }
    if (resend_due_ == kNever) resend_due_ = now + resend_after_;
    if (now < resend_due_) return;
    const InstanceId end = std::min(next_, head.plus(kResendBurst));
    for (InstanceId i = head; i < end; i = i.next())
        resend(i, now, outbox);
    resend_after_ = std::min(resend_after_ * 2, kResendMax);
    resend_due_ = now + resend_after_;
}

void Proposer::resend(InstanceId i, Time now, Outbox& outbox) {
    resent_head_ = reign_.decided_below;
    resent_at_ = now;
    send_accept(i, outbox);
}

void Proposer::send_beacon(Destination to, Outbox& outbox) {
    outbox.send(to, Beacon{reign_, next_});
}

void Proposer::keep_beaconing(Time now, Outbox& outbox) {
    if (!options_.direct_2b && reign_.decided_below > announced_decided_) {
        announced_decided_ = reign_.decided_below;
        send_beacon(Destination::to_group(Role::learner), outbox);
    }
    if (now < beacon_due_) return;
    send_beacon(Destination::to_group(Role::acceptor), outbox);
    beaconed_decided_ = reign_.decided_below;
    beacon_due_ = now + beacon_interval_;
    beacon_interval_ = std::min(beacon_interval_ * 2, beacon_interval_max(options_.leadership.oracle));
}

// ---- Steps ---------------------------------------------------------------------------------------------

void Proposer::flush(Time now, Outbox& outbox) {
    if (is_leading()) count_decided();
    deliver(now);
    if (state_ == State::preparing) {
        ask_for_rest(outbox);
        try_begin_reign(now, outbox);
    }
    if (is_leading()) {
        propose(now, outbox);
        resend_lost(now, outbox);
        keep_beaconing(now, outbox);
        if (needs_phase1() && reign_.decided_below == next_ && !batcher_.empty()) prepare_again(now, outbox);
    }
    if (admitting_) admission_.flush(sessions_, flow_.under_way_bytes(), c_rnd_, now, outbox);
    if (is_leading()) return;
    // Proposed, and not decided: its leader may be dead, and no client may ask for it.
    if (learner_.log().decided_below() < learner_.log().seen_below()) leadership_.on_demand(now);
    learner_.flush(now, outbox);
    checkpoint_fetch_.poll(learner_.log().missing(), learner_.acceptors(), now, outbox);
}

void Proposer::tick(Time now, Outbox& outbox) {
    if (!is_leading()) learner_.tick(now, outbox);
    follow_oracle(now, outbox);
    if (state_ == State::preparing && now >= prepare_due_) {
        const bool stuck = phase1_->is_complete() && delivered_below_ == caught_up_below_;
        caught_up_below_ = delivered_below_;
        if (stuck && prepare_retry_ == kPrepareRetryMax) {
            prepare(now, outbox);  // who knew what lies before our start may be gone
        } else {
            send_prepare(now, outbox);
        }
    }
    if (now >= housekeeping_due_) {
        admission_.tick(now);
        housekeeping_due_ = now + kHousekeeping;
    }
    flush(now, outbox);
}

Time Proposer::deadline() const noexcept {
    const Time oracle = leadership_.deadline(standing());
    const Time admission = admitting_ ? admission_.deadline() : kNever;
    if (!is_leading()) {
        return std::min({learner_.deadline(), checkpoint_fetch_.deadline(), prepare_due_, admission, oracle});
    }
    const bool may_propose = flow_.may_send(Time{}) && !needs_phase1() && has_room();
    const Time linger = may_propose ? batcher_.deadline() : kNever;
    return std::min({beacon_due_, resend_due_, housekeeping_due_, admission, linger, oracle});
}

void Proposer::check_invariants() const {
    learner_.check_invariants();
    if (!is_leading()) return;
    SYNOD_CHECK(c_rnd_.proposer == options_.id && c_rnd_.incarnation == options_.incarnation);  // P1
    SYNOD_CHECK(reign_.ballot == c_rnd_ && reign_.first <= reign_.decided_below);
    SYNOD_CHECK(reign_.decided_below <= next_ && delivered_below_ >= reign_.first);  // P2
    SYNOD_CHECK(learner_.delivered_below() <= reign_.decided_below);                 // P3
}

}  // namespace synod

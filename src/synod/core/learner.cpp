#include "synod/core/learner.hpp"

#include <algorithm>

#include "synod/core/check.hpp"

namespace synod {

namespace {
constexpr Duration kHintPatience = milliseconds(20);
constexpr Duration kReportInterval = milliseconds(100);
constexpr Duration kForgottenPatience = milliseconds(5000);
}  // namespace

Learner::Learner(const Options& options)
    : options_(options),
      quorum_(options.acceptors),
      log_(options.log),
      gap_repair_(options.repair),
      reads_(options.acceptors, options.read_seed) {}

void Learner::on(const Accept& accept, const Sender& from, Time now, Outbox&) {
    heard_leader(from, now);
    bytes_unreported_ += accept.v_val.size();
    log_.learn(accept.reign);
    if (accept.instance < log_.first()) return;
    if (log_.put(accept.instance, accept.reign.ballot, accept.v_val)) try_decide(accept.instance);
}

void Learner::on(const Accepted& accepted, const Sender& from, Time now, Outbox&) {
    if (!quorum_.is_member(accepted.acceptor)) return;
    acceptors_.heard(accepted.acceptor, from.endpoint, now);
    const InstanceId voted_below =
        accepted.voted.empty() ? InstanceId{} : std::prev(accepted.voted.end())->end;
    note_hint({std::max(voted_below, accepted.decided_below), accepted.decided_below}, now);
    if (accepted.voted.empty()) return;

    Counted& counted = counted_[accepted.acceptor.value()];
    if (accepted.ballot > counted.ballot) counted = {accepted.ballot, InstanceId{}};
    if (accepted.ballot < counted.ballot) return;
    counted.below = std::max(counted.below, log_.first());
    for (const Range& range : accepted.voted) {
        count(accepted.acceptor, accepted.ballot, {std::max(range.first, counted.below), range.end});
        // Only what follows without a gap is counted for good: a hole may be filled later.
        if (range.first <= counted.below)
            counted.below = std::max(counted.below, std::min(range.end, window_end()));
    }
}

void Learner::count(AcceptorId acceptor, Ballot ballot, Range range) {
    const InstanceId end = std::min(range.end, window_end());
    for (InstanceId i = std::max(range.first, log_.first()); i < end; i = i.next()) {
        if (votes_.at(i).add(acceptor, ballot)) try_decide(i);
    }
}

void Learner::try_decide(InstanceId i) {
    const VoteCount* votes = votes_.find(i);
    if (votes == nullptr || !votes->is_chosen(quorum_)) return;
    const InstanceLog::Entry* entry = log_.find(i);
    if (entry == nullptr) {
        log_.note_seen_below(i.next());
    } else if (entry->decided) {
        return;
    } else if (entry->ballot >= votes->ballot()) {
        log_.decide(i);  // N1
    } else {
        log_.note_missing(i);
    }
}

void Learner::on(const Beacon& beacon, const Sender& from, Time now, Outbox&) {
    heard_leader(from, now);
    log_.learn(beacon.reign);
    log_.note_seen_below(beacon.next);
    report_due_ = now;  // whoever beacons sends nothing else: our last report may have been lost on its way
}

void Learner::on(const Repair& repair, const Sender& from, Time now, Outbox&) {
    if (!quorum_.is_member(repair.acceptor)) return;
    acceptors_.heard(repair.acceptor, from.endpoint, now);
    const bool known_forgotten = std::ranges::max(trimmed_below_) > log_.decided_below();
    trimmed_below_[repair.acceptor.value()] = repair.trimmed_below;
    note_hint({repair.decided_below, repair.decided_below}, now);
    bool useful = false;
    for (const VoteEntry& entry : repair.entries) {
        if (entry.instance < log_.first() || entry.instance >= window_end()) continue;
        useful |= log_.missing().contains(entry.instance);
        if (entry.decided) {
            log_.put_decided(entry.instance, entry.v_val);
        } else if (!entry.v_rnd.is_none()) {
            log_.put(entry.instance, entry.v_rnd, entry.v_val);
            votes_.at(entry.instance).add(repair.acceptor, entry.v_rnd);
            try_decide(entry.instance);
        }
    }
    if (useful || !known_forgotten) helped_at_ = now;
    gap_repair_.on_answer(useful, repair.last, now);
}

void Learner::on(const ReadIndex& index, const Sender& from, Time now, Outbox&) {
    acceptors_.heard(index.acceptor, from.endpoint, now);
    reads_.on(index);
}

std::optional<Learner::Delivery> Learner::front() const noexcept {
    const InstanceId next = log_.first();
    if (next >= log_.decided_below()) return std::nullopt;
    return Delivery{next, log_.value(*log_.find(next))};
}

void Learner::pop() {
    log_.drop_below(log_.first().next());
    votes_.drop_below(log_.first());
}

void Learner::restart_at(InstanceId first) {
    log_ = InstanceLog(options_.log);
    log_.skip_to(first);
    votes_ = {};
    votes_.drop_below(first);
    counted_ = {};
}

void Learner::skip_to(InstanceId first, Time now) {
    log_.skip_to(first);
    votes_.drop_below(log_.first());
    gap_repair_.on_answer(true, true, now);  // what is still missing is asked for at once
}

VoteCount Learner::votes(InstanceId i) const noexcept {
    const VoteCount* votes = votes_.find(i);
    return votes == nullptr ? VoteCount{} : *votes;
}

// What is hinted at later, while an earlier hint waits, has its own time to arrive.
void Learner::note_hint(const Hint& hint, Time now) {
    const bool news = hint.seen_below > log_.seen_below() || hint.decided_below > log_.known_decided_below();
    if (!news || hint_due_ != kNever) return;
    hint_ = hint;
    hint_due_ = now + kHintPatience;
}

void Learner::heard_leader(const Sender& from, Time now) {
    if (from.role != Role::proposer) return;
    leader_ = from.endpoint;
    if (report_due_ == kNever) report_due_ = now + kReportInterval;
}

void Learner::flush(Time now, Outbox& outbox) {
    gap_repair_.poll(log_.missing(), {log_.first(), wanted_below()}, acceptors_, now, outbox);
    if (bytes_unreported_ >= options_.window_bytes / 8 || now >= report_due_) report(outbox);
    reads_.flush(delivered_below(), now, outbox);
}

// When its memory is full only the instance that comes next has room, and those that follow it in order.
InstanceId Learner::wanted_below() const noexcept {
    if (!log_.is_full()) return window_end();
    const auto missing = log_.missing().ranges();
    const bool waits = !missing.empty() && missing.front().first == log_.decided_below();
    return waits ? std::min(missing.front().end, window_end()) : log_.decided_below();
}

void Learner::tick(Time now, Outbox& outbox) {
    if (now >= hint_due_) {
        hint_due_ = kNever;
        log_.note_seen_below(hint_.seen_below);
        log_.note_decided_below(hint_.decided_below);
    }
    flush(now, outbox);
}

void Learner::report(Outbox& outbox) {
    report_due_ = kNever;
    bytes_unreported_ = 0;
    if (!options_.reports || leader_.is_none()) return;
    outbox.send(
        options_.gives_snapshots ? Destination::to_group(Role::acceptor) : Destination::to_process(leader_),
        LearnerStatus{options_.id, delivered_below(), log_.seen_below(), options_.window_bytes});
}

Time Learner::deadline() const noexcept {
    return std::min({gap_repair_.deadline(), hint_due_, report_due_, reads_.deadline()});
}

std::optional<InstanceId> Learner::forgotten(Time now) const noexcept {
    const auto missing = log_.missing().ranges();
    if (missing.empty() || missing.front().first != log_.decided_below()) return std::nullopt;
    unsigned by_some = 0;
    bool by_all = true;
    for (AcceptorId a{1}; quorum_.is_member(a); a = a.next()) {
        if (!acceptors_.in_touch(a, now)) continue;
        const bool trimmed = trimmed_below_[a.value()] > log_.decided_below();
        by_some += trimmed;
        by_all = by_all && trimmed;
    }
    const bool in_vain = now.since(helped_at_) >= kForgottenPatience;
    return by_some > 0 && (by_all || in_vain) ? std::optional(log_.decided_below()) : std::nullopt;
}

void Learner::check_invariants() const {
    log_.check_invariants();
    SYNOD_CHECK(votes_.first() == log_.first());
    for (InstanceId i = log_.first(); i < log_.end(); i = i.next()) {
        const InstanceLog::Entry* entry = log_.find(i);
        const VoteCount counted = votes(i);
        if (entry == nullptr || entry->decided || !counted.is_chosen(quorum_)) continue;
        SYNOD_CHECK(entry->ballot < counted.ballot());  // what can be decided is
    }
}

}  // namespace synod

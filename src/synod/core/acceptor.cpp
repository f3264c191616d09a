#include "synod/core/acceptor.hpp"

#include <algorithm>
#include <utility>

#include "synod/core/check.hpp"
#include "synod/core/single_decree.hpp"

namespace synod {

namespace {

constexpr Duration kSilenceFirst = milliseconds(400);  // leaders beacon more often
constexpr Duration kSilenceMax = milliseconds(1000);
constexpr std::size_t kEchoesMax = 64;        // at one flush
constexpr std::uint64_t kEntryOverhead = 48;  // of a VoteEntry on the wire, rounded up
// Of what no majority has delivered, at most: until a snapshot on its way to the others has come.
constexpr unsigned kHistoriesMax = 4;

InstanceLog::Options log_options(const Acceptor::Options& options) {
    const unsigned histories = options.snapshot_learners == 0 ? 1 : kHistoriesMax;
    const std::uint64_t chunk = std::clamp<std::uint64_t>(options.history_bytes / 16, 64 << 10, 1 << 20);
    return {.chunk_bytes = static_cast<std::uint32_t>(chunk),
            .instances_max = histories * options.instances_max,
            .bytes_max = histories * (options.history_bytes + options.history_bytes / 8) + 4 * chunk};
}

}  // namespace

Acceptor::Acceptor(const Options& options)
    : options_(options),
      log_(log_options(options)),
      checkpoint_copy_(options.page_bytes_max),
      gap_repair_(options.repair),
      silence_(kSilenceFirst) {
    SYNOD_CHECK(options.id.value() >= 1 && options.id.value() <= kAcceptorsMax);
    if (options.snapshot_learners > 0) delivered_.emplace(options.snapshot_learners);
}

void Acceptor::on(const Prepare& prepare, const Sender& from, Time now, Outbox& outbox) {
    if (options_.observer) return;
    if (!may_promise(rnd_, prepare.ballot)) return refuse(prepare.ballot, from);
    raise_rnd(prepare.ballot, outbox);
    heard_claim(prepare.ballot, now);
    answer_prepare(prepare, from.endpoint, outbox);
}

void Acceptor::on(const Accept& accept, const Sender& from, Time now, Outbox& outbox) {
    heard_leader(accept.reign, now);
    make_room();  // which may forget this very instance
    if (accept.instance < log_.first()) return refuse(accept.reign.ballot, from);
    if (options_.observer) {
        log_.put(accept.instance, accept.reign.ballot, accept.v_val);
        return;
    }
    if (!may_accept(rnd_, accept.reign.ballot)) return refuse(accept.reign.ballot, from);
    vote(accept, outbox);
    accepted_due_ = true;
}

void Acceptor::vote(const Accept& accept, Outbox& outbox) {
    const Ballot ballot = accept.reign.ballot;
    const InstanceLog::Entry* last = log_.find(accept.instance);
    if (last != nullptr && (last->decided || last->ballot == ballot) &&
        !equal(log_.value(*last), accept.v_val)) {
        ++conflicts_;  // A3: the first value stands
        return;
    }
    if (last != nullptr && last->ballot == ballot) return;  // a 2A repeated
    raise_rnd(ballot, outbox);
    if (!log_.put(accept.instance, ballot, accept.v_val)) return;
    voted_.add({accept.instance, accept.instance.next()});
    outbox.stable.emplace_back(VoteRecord{{accept.instance, ballot, false, accept.v_val}});
}

// Answered always: a leader that beacons sends nothing else, perhaps for want of our last 2B. Others need our
// answer only while something is undecided.
void Acceptor::on(const Beacon& beacon, const Sender& from, Time now, Outbox&) {
    heard_leader(beacon.reign, now);
    accepted_asked_by_ = from.endpoint;
    accepted_due_ |= beacon.reign.decided_below < beacon.next;
}

void Acceptor::on(const Hello&, const Sender& from, Time, Outbox& outbox) {
    if (!options_.observer) outbox.send(Destination::to_process(from.endpoint), votes());
}

// Echoed when all that came in together has been read: what the leader said meanwhile may stand behind it.
void Acceptor::on(const Heartbeat& heartbeat, const Sender& from, Time now, Outbox&) {
    if (options_.observer) return;
    heard_claim(heartbeat.ballot, now + heartbeat.quiet);
    const auto same = [&](const auto& due) { return due.first == from.endpoint; };
    const auto at = std::find_if(echoes_due_.begin(), echoes_due_.end(), same);
    if (at != echoes_due_.end()) {
        at->second = heartbeat.number;
    } else if (echoes_due_.size() < kEchoesMax) {
        echoes_due_.emplace_back(from.endpoint, heartbeat.number);
    }
}

void Acceptor::on(const RepairRequest& request, const Sender& from, Time, Outbox& outbox) {
    const Destination to = Destination::to_process(from.endpoint);
    const Repair empty{options_.id, log_.first(), log_.decided_below(), false, {}};
    Repair page = empty;
    std::uint64_t budget = request.budget_bytes;
    for (const Range& range : request.wanted) {
        const InstanceId end = std::min(range.end, log_.end());
        InstanceId at = std::max(range.first, log_.first());
        while (at < end && budget > 0) {
            const std::uint64_t bytes_max = std::min<std::uint64_t>(options_.page_bytes_max, budget);
            at = fill_page(at, end, bytes_max, page.entries);
            if (page.entries.empty()) continue;
            std::uint64_t bytes = 0;
            for (const VoteEntry& entry : page.entries)
                bytes += entry.v_val.size() + kEntryOverhead;
            if (at >= end && bytes < bytes_max / 2) break;  // room for the next range
            budget -= std::min(budget, bytes);
            outbox.send(to, std::exchange(page, empty));
        }
    }
    page.last = true;
    outbox.send(to, std::move(page));
}

void Acceptor::on(const Repair& repair, const Sender& from, Time now, Outbox&) {
    if (repair.acceptor == options_.id) return;
    others_.heard(repair.acceptor, from.endpoint, now);
    const InstanceId before = log_.decided_below();
    bool useful = false;
    for (const VoteEntry& entry : repair.entries) {
        make_room();
        if (!entry.decided || entry.instance < log_.first()) continue;
        useful |= log_.missing().contains(entry.instance);
        log_.put_decided(entry.instance, entry.v_val);
    }
    useful |= log_.decided_below() != before;
    gap_repair_.on_answer(useful, repair.last, now);
    checkpoint_fetch_.note_trimmed(repair.trimmed_below, from.endpoint);
}

void Acceptor::on(const LearnerStatus& status, const Sender& from, Time, Outbox&) {
    if (delivered_) delivered_->heard(status.learner, from.incarnation, status.delivered_below);
}

// An observer has forgotten how far it had voted (DESIGN.md, rule 7).
void Acceptor::on(const ReadQuery& query, const Sender& from, Time, Outbox& outbox) {
    if (options_.observer) return;
    outbox.send(Destination::to_process(from.endpoint), ReadIndex{options_.id, query.number, log_.end()});
}

void Acceptor::on(const CheckpointRequest& request, const Sender& from, Time now, Outbox& outbox) {
    outbox.send(Destination::to_process(from.endpoint),
                checkpoint_copy_.answer(request, options_.id, sessions_, sessions_below_, log_.first(), now));
}

void Acceptor::on(const Checkpoint& page, const Sender& from, Time now, Outbox& outbox) {
    if (page.acceptor == options_.id) return;
    others_.heard(page.acceptor, from.endpoint, now);
    auto checkpoint = checkpoint_fetch_.add(page, from.endpoint, now);
    if (!checkpoint || checkpoint->at <= log_.decided_below()) return;
    start_from(std::move(*checkpoint), outbox);
    gap_repair_.on_answer(true, true, now);
}

// What is missing is decided, and forgotten by those who had it. What the others still have is kept here too,
// and its holes are repaired: few may hold it besides us.
void Acceptor::start_from(CheckpointFetch::Complete checkpoint, Outbox& outbox) {
    sessions_ = std::move(checkpoint.sessions);
    sessions_below_ = checkpoint.at;
    const InstanceId first = std::min(checkpoint.at, checkpoint_fetch_.trimmed_below());
    if (first > log_.decided_below()) gave_up_ = {log_.decided_below(), first};
    log_.skip_to(first);
    voted_.drop_below(log_.first());
    outbox.stable.emplace_back(TrimRecord{log_.first(), sessions_below_, sessions_.entries()});
}

void Acceptor::raise_rnd(Ballot ballot, Outbox& outbox) {
    if (ballot == rnd_) return;
    SYNOD_CHECK(ballot > rnd_);  // A1
    rnd_ = ballot;
    voted_.clear();  // A5: no vote is of this ballot yet
    outbox.stable.emplace_back(PromiseRecord{ballot});
}

void Acceptor::refuse(Ballot refused, const Sender& from) {
    if (options_.observer) return;
    nack_due_ = {Nack{options_.id, refused, rnd_, log_.first()}, from.endpoint};
}

void Acceptor::heard_leader(const Reign& reign, Time now) {
    log_.learn(reign);
    if (reign.ballot < rnd_) return;
    heard_claim(reign.ballot, now);
    leader_silent_at_ = now + kSilenceFirst;
    silence_ = kSilenceFirst;
}

void Acceptor::heard_claim(Ballot ballot, Time until) {
    if (ballot.is_none() || ballot < rnd_) return;
    claimed_until_ = ballot == claimed_ ? std::max(claimed_until_, until) : until;
    claimed_ = ballot;
}

void Acceptor::take_decided() {
    for (; sessions_below_ < log_.decided_below(); sessions_below_ = sessions_below_.next()) {
        sessions_.take_all(log_.value(*log_.find(sessions_below_)));
    }
}

// What a majority has delivered where there are snapshots; whatever is decided where there are none, or when
// memory demands it.
void Acceptor::make_room() {
    if (!holds_more_than(1)) return;
    take_decided();
    const InstanceId decided = log_.decided_below();
    forget_below(delivered_ ? std::min(decided, delivered_->below()) : decided, 1);
    forget_below(decided, kHistoriesMax);
}

bool Acceptor::holds_more_than(unsigned histories) const noexcept {
    return log_.arena().used_bytes() > histories * options_.history_bytes ||
           log_.end().since(log_.first()) >= histories * options_.instances_max;
}

// As much as is more than so many histories.
void Acceptor::forget_below(InstanceId end, unsigned histories) {
    while (log_.first() < end && holds_more_than(histories))
        log_.drop_below(log_.first().next());
}

Accepted Acceptor::votes() const {
    Accepted accepted{options_.id, rnd_, log_.decided_below(), log_.seen_below(), options_.window_bytes, {}};
    const bool reigns = log_.reign().ballot == rnd_;
    accepted.voted = voted_.few({reigns ? log_.reign().decided_below : InstanceId{}, kInstanceEnd});
    return accepted;
}

void Acceptor::answer_prepare(const Prepare& prepare, Endpoint to, Outbox& outbox) const {
    InstanceId from = prepare.first;
    for (std::uint32_t pages = 0; pages < options_.pages_max && from < kInstanceEnd; ++pages) {
        Promise page{
            options_.id, options_.incarnation, prepare.ballot, {}, log_.decided_below(), log_.first(), {}};
        const InstanceId votes_from = std::max(from, log_.decided_below());
        InstanceId end = fill_page(votes_from, log_.end(), options_.page_bytes_max, page.votes);
        if (end >= log_.end()) end = kInstanceEnd;
        page.covered = {from, end};
        from = end;
        outbox.send(Destination::to_process(to), std::move(page));
    }
}

// Appends what is held of [from, end), as much as fits into one datagram; returns where it stopped. An
// observer has no votes, only decided values.
InstanceId Acceptor::fill_page(InstanceId from, InstanceId end, std::uint64_t bytes_max,
                               std::vector<VoteEntry>& page) const {
    std::uint64_t bytes = 0;
    for (const VoteEntry& entry : page)
        bytes += entry.v_val.size() + kEntryOverhead;
    for (; from < end; from = from.next()) {
        const InstanceLog::Entry* entry = log_.find(from);
        if (entry == nullptr || (options_.observer && !entry->decided)) continue;
        bytes += entry->value.size + kEntryOverhead;
        if (bytes > bytes_max && !page.empty()) break;
        page.push_back({from, entry->ballot, entry->decided, log_.value(*entry)});
    }
    return from;
}

void Acceptor::send_echoes(Time now, Outbox& outbox) {
    for (const auto& [to, number] : echoes_due_) {
        outbox.send(Destination::to_process(to),
                    Echo{options_.id, number, rnd_, claimed_, now.since(claimed_until_)});
    }
    echoes_due_.clear();
}

void Acceptor::send_votes(Outbox& outbox) {
    const Endpoint asked_by = std::exchange(accepted_asked_by_, {});
    const bool to_all = std::exchange(accepted_due_, false);
    if (options_.observer) return;
    if (to_all) {
        outbox.send(Destination::to_group(options_.direct_2b ? Role::learner : Role::proposer), votes());
    } else if (!asked_by.is_none()) {
        outbox.send(Destination::to_process(asked_by), votes());
    }
}

void Acceptor::flush(Time now, Outbox& outbox) {
    send_echoes(now, outbox);
    if (nack_due_) outbox.send(Destination::to_process(nack_due_->second), nack_due_->first);
    nack_due_.reset();
    send_votes(outbox);
    if (log_.reign().ballot == rnd_) voted_.drop_below(log_.reign().decided_below);
    take_decided();
    gap_repair_.poll(log_.missing(), {log_.first(), log_.known_decided_below()}, others_, now, outbox);
    checkpoint_fetch_.poll(log_.missing(), others_, now, outbox);
    checkpoint_copy_.tick(now);
}

void Acceptor::tick(Time now, Outbox& outbox) {
    if (now >= leader_silent_at_) {
        // The leader is silent: whoever lost the last 2A or 2B learns of it from us. So do learners that it
        // was to tell what is decided; proposers hear what is sent to learners.
        silence_ = std::min(silence_ * 2, kSilenceMax);
        leader_silent_at_ = now + silence_;
        if (!options_.observer) outbox.send(Destination::to_group(Role::learner), votes());
    }
    flush(now, outbox);
}

Time Acceptor::deadline() const noexcept {
    return std::min({leader_silent_at_, gap_repair_.deadline(), checkpoint_fetch_.deadline(),
                     checkpoint_copy_.deadline()});
}

void Acceptor::check_invariants() const {
    log_.check_invariants();
    for (InstanceId i = log_.first(); i < log_.end(); i = i.next()) {
        const InstanceLog::Entry* entry = log_.find(i);
        if (entry != nullptr && !options_.observer) SYNOD_CHECK(entry->ballot <= rnd_);  // A2
    }
    SYNOD_CHECK(log_.first() <= sessions_below_);  // A6
    for (const Range& range : voted_.ranges()) {
        for (InstanceId i = std::max(range.first, log_.first()); i < range.end; i = i.next()) {
            const InstanceLog::Entry* entry = log_.find(i);
            SYNOD_CHECK(entry != nullptr && entry->ballot == rnd_);  // A5
        }
    }
}

}  // namespace synod

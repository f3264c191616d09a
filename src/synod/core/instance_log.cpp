#include "synod/core/instance_log.hpp"

#include <algorithm>
#include <tuple>

namespace synod {

bool InstanceLog::has_room(InstanceId i, std::size_t bytes) const noexcept {
    if (i.since(ring_.first()) >= options_.instances_max) return false;
    return !is_full(bytes) || i == decided_below_;
}

// A chunk of memory is taken up by the last value that it holds: while old values come and go between new
// ones that stay, chunks take up many times the bytes that live in them.
bool InstanceLog::is_full(std::size_t bytes) const noexcept {
    const std::uint64_t memory_max =
        options_.bytes_max + options_.bytes_max / 2 + std::uint64_t{2} * options_.chunk_bytes;
    return arena_.live_bytes() + bytes > options_.bytes_max || arena_.used_bytes() > memory_max;
}

bool InstanceLog::put(InstanceId i, Ballot ballot, Bytes value) {
    SYNOD_CHECK(i >= first());
    note_seen_below(i.next());
    if (!has_room(i, value.size())) return false;
    Entry& entry = ring_.at(i);
    if (entry.stored && ballot <= entry.ballot) return true;
    keep(entry, ballot, value);
    settle(i, entry);
    return true;
}

bool InstanceLog::put_decided(InstanceId i, Bytes value) {
    SYNOD_CHECK(i >= first());
    note_seen_below(i.next());
    if (!has_room(i, value.size())) return false;
    Entry& entry = ring_.at(i);
    if (entry.decided) return true;
    keep(entry, entry.ballot, value);
    decide(i);
    return true;
}

void InstanceLog::put_staged(InstanceId i, Ballot ballot, PayloadArena::Handle value) {
    note_seen_below(i.next());
    Entry& entry = ring_.at(i);
    SYNOD_CHECK(!entry.decided && entry.ballot < ballot);
    arena_.release(entry.value);
    entry = {ballot, value, true, false};
    settle(i, entry);
}

// The value of a decided entry stands; it is only known now to have been sent in a higher ballot too.
void InstanceLog::keep(Entry& entry, Ballot ballot, Bytes value) {
    entry.ballot = ballot;
    if (entry.decided || (entry.stored && equal(arena_.view(entry.value), value))) return;
    arena_.release(entry.value);
    entry.value = arena_.store(value);
    entry.stored = true;
}

void InstanceLog::settle(InstanceId i, Entry& entry) {
    if (entry.decided) return;
    if (decided_by_reign(i, entry.ballot)) {
        decide(i);
    } else if (i >= known_decided_below_) {
        missing_.remove({i, i.next()});
    }
}

void InstanceLog::decide(InstanceId i) {
    Entry* entry = ring_.find(i);
    SYNOD_CHECK(entry != nullptr && entry->stored);
    if (entry->decided) return;
    entry->decided = true;
    missing_.remove({i, i.next()});
    if (i == decided_below_) advance_decided();
}

void InstanceLog::advance_decided() {
    for (const Entry* e = ring_.find(decided_below_); e != nullptr && e->decided;
         e = ring_.find(decided_below_)) {
        decided_below_ = decided_below_.next();
    }
    known_decided_below_ = std::max(known_decided_below_, decided_below_);
}

void InstanceLog::learn(const Reign& reign) {
    if (reign.ballot < reign_.ballot) return;
    if (reign.ballot > reign_.ballot) reign_ = {reign.ballot, reign.first, reign.first};
    if (reign.decided_below > reign_.decided_below) {
        InstanceId i = std::max(reign_.decided_below, decided_below_);
        reign_.decided_below = reign.decided_below;
        for (; i < std::min(reign_.decided_below, ring_.end()); i = i.next()) {
            const Entry* entry = find(i);
            if (entry != nullptr && decided_by_reign(i, entry->ballot)) decide(i);
        }
    }
    note_decided_below(reign_.decided_below);
}

void InstanceLog::note_decided_below(InstanceId i) {
    if (i <= known_decided_below_) return;
    InstanceId k = std::max(known_decided_below_, decided_below_);
    known_decided_below_ = i;
    seen_below_ = std::max(seen_below_, i);
    for (; k < std::min(i, ring_.end()); k = k.next())
        note_missing(k);
    missing_.add({k, i});
}

void InstanceLog::note_seen_below(InstanceId i) {
    if (i <= seen_below_) return;
    const InstanceId seen = seen_below_;
    seen_below_ = i;
    missing_.add({seen, i});
}

void InstanceLog::note_missing(InstanceId i) {
    if (i < decided_below_) return;
    const Entry* entry = find(i);
    if (entry == nullptr || !entry->decided) missing_.add({i, i.next()});
}

void InstanceLog::release_below(InstanceId i) {
    for (InstanceId k = ring_.first(); k < std::min(i, ring_.end()); k = k.next()) {
        const Entry* entry = find(k);
        if (entry != nullptr) arena_.release(entry->value);
    }
    ring_.drop_below(i);
}

void InstanceLog::drop_below(InstanceId i) {
    SYNOD_CHECK(i <= decided_below_);
    release_below(i);
}

void InstanceLog::skip_to(InstanceId i) {
    if (i <= decided_below_) return;
    release_below(i);
    missing_.drop_below(i);
    decided_below_ = i;
    seen_below_ = std::max(seen_below_, i);
    advance_decided();
}

void InstanceLog::check_invariants() const {
    SYNOD_CHECK(first() <= decided_below_ && decided_below_ <= known_decided_below_);
    for (InstanceId i = first(); i < end(); i = i.next()) {
        const Entry* entry = find(i);
        const bool decided = entry != nullptr && entry->decided;
        if (i < decided_below_) SYNOD_CHECK(decided);    // L1
        if (i == decided_below_) SYNOD_CHECK(!decided);  // L1
        if (i < decided_below_) continue;
        const bool due = i < known_decided_below_ || entry == nullptr;
        if (decided) SYNOD_CHECK(!missing_.contains(i));                            // L3
        if (!decided && due && i < seen_below_) SYNOD_CHECK(missing_.contains(i));  // L3
    }
    SYNOD_CHECK(missing_.empty() || missing_.ranges().front().first >= decided_below_);
}

void InstanceLog::hash_into(StateHash& hash) const {
    hash.add(marks());
    for (InstanceId i = first(); i < end(); i = i.next()) {
        if (const Entry* entry = find(i))
            hash.add(std::tuple(i, entry->ballot, entry->decided, value(*entry)));
    }
}

bool operator==(const InstanceLog& a, const InstanceLog& b) {
    if (a.marks() != b.marks()) return false;
    for (InstanceId i = a.first(); i < std::max(a.end(), b.end()); i = i.next()) {
        const auto* x = a.find(i);
        const auto* y = b.find(i);
        if ((x == nullptr) != (y == nullptr)) return false;
        if (x == nullptr) continue;
        if (x->ballot != y->ballot || x->decided != y->decided || !equal(a.value(*x), b.value(*y)))
            return false;
    }
    return true;
}

}  // namespace synod

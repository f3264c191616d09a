#pragma once

#include <cstdint>

#include "synod/core/hash.hpp"
#include "synod/core/instance_ring.hpp"
#include "synod/core/message.hpp"
#include "synod/core/payload_arena.hpp"
#include "synod/core/range_set.hpp"

namespace synod {

// What a process holds of the instances that concern it: for each the value sent to it in the highest
// ballot, and whether that value is known to be the chosen one. To an acceptor the ballot is its v-rnd.
//
// Invariants:
//   L1  every instance in [first, decided_below) is decided, and the one at decided_below is not.
//   L2  a decided value never changes.
//   L3  missing() holds just the instances from decided_below on, that are not decided, and that either
//       lie below a watermark of the decided or have been passed by a later one without being received.
class InstanceLog {
public:
    struct Options {
        std::uint32_t chunk_bytes = 1 << 20;
        std::uint64_t instances_max = 1 << 16;  // how many instances may be held
        std::uint64_t bytes_max = 24 << 20;     // how many bytes of values, give or take a chunk
    };
    struct Entry {
        Ballot ballot;
        PayloadArena::Handle value;
        bool stored = false;
        bool decided = false;
    };

    explicit InstanceLog(const Options& options) : options_(options), arena_(options.chunk_bytes) {}

    [[nodiscard]] const Options& options() const noexcept { return options_; }

    // Every instance below is forgotten; everything received lies below seen_below().
    [[nodiscard]] InstanceId first() const noexcept { return ring_.first(); }
    [[nodiscard]] InstanceId end() const noexcept { return ring_.end(); }
    [[nodiscard]] InstanceId decided_below() const noexcept { return decided_below_; }
    [[nodiscard]] InstanceId known_decided_below() const noexcept { return known_decided_below_; }
    [[nodiscard]] InstanceId seen_below() const noexcept { return seen_below_; }
    [[nodiscard]] const RangeSet& missing() const noexcept { return missing_; }
    [[nodiscard]] const Reign& reign() const noexcept { return reign_; }
    [[nodiscard]] const PayloadArena& arena() const noexcept { return arena_; }

    // Null when nothing is held of this instance.
    [[nodiscard]] const Entry* find(InstanceId i) const noexcept {
        const Entry* entry = ring_.find(i);
        return entry != nullptr && entry->stored ? entry : nullptr;
    }
    [[nodiscard]] Bytes value(const Entry& entry) const noexcept { return arena_.view(entry.value); }
    // Whether a value of this size for this instance can be held now.
    [[nodiscard]] bool has_room(InstanceId i, std::size_t bytes) const noexcept;
    // Whether `bytes` more would be too much, for all instances but the one that is waited for.
    [[nodiscard]] bool is_full(std::size_t bytes = 0) const noexcept;

    // Keeps `value`, sent in `ballot`; a decided value or one of a higher ballot stands. False when it could
    // not be kept for lack of room. REQUIRES: i >= first().
    bool put(InstanceId i, Ballot ballot, Bytes value);
    // Keeps the chosen value. As above.
    bool put_decided(InstanceId i, Bytes value);
    // The value that is held is the chosen one. REQUIRES: find(i).
    void decide(InstanceId i);

    // Memory for a value whose instance is not known yet; then that instance takes it over, or nobody does.
    PayloadArena::Handle stage(Bytes value) { return arena_.store(value); }
    void unstage(PayloadArena::Handle handle) { arena_.release(handle); }
    void put_staged(InstanceId i, Ballot ballot, PayloadArena::Handle value);

    // What a leader says of its reign: of what it sent in its ballot, all below its watermark is decided.
    void learn(const Reign& reign);
    // Somebody knows all instances below to be decided; they are missing until they are decided here too.
    void note_decided_below(InstanceId i);
    // Instances below have been proposed; what of them is not here is missing.
    void note_seen_below(InstanceId i);
    void note_missing(InstanceId i);

    // Forgets. REQUIRES: i <= decided_below().
    void drop_below(InstanceId i);
    // Gives up on what is below, decided and no longer to be had anywhere.
    void skip_to(InstanceId i);

    void check_invariants() const;
    void hash_into(StateHash& hash) const;
    friend bool operator==(const InstanceLog& a, const InstanceLog& b);

private:
    [[nodiscard]] bool decided_by_reign(InstanceId i, Ballot ballot) const noexcept {
        return ballot == reign_.ballot && i >= reign_.first && i < reign_.decided_below;
    }
    [[nodiscard]] auto marks() const noexcept {
        return std::tuple(first(), decided_below_, known_decided_below_, seen_below_, reign_, missing_);
    }
    void keep(Entry& entry, Ballot ballot, Bytes value);
    void settle(InstanceId i, Entry& entry);
    void release_below(InstanceId i);
    void advance_decided();

    Options options_;
    PayloadArena arena_;
    InstanceRing<Entry> ring_;
    InstanceId decided_below_;
    InstanceId known_decided_below_;
    InstanceId seen_below_;
    Reign reign_;
    RangeSet missing_;
};

}  // namespace synod

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace synod::rsm {

// A key and what is kept of it. The key stands right behind the rest, in one piece of memory: to look at a
// record is to wait for memory, so it is to lie in few places.
struct Record {
    static constexpr std::int64_t kNoDeadline = -1;
    struct Free {
        void operator()(Record* record) const noexcept;
    };
    using Pointer = std::unique_ptr<Record, Free>;
    [[nodiscard]] static Pointer make(std::string_view key, std::uint64_t hash);

    std::int64_t deadline = kNoDeadline;  // Unix time in ms; it is expired when time is past it
    std::string value;
    std::uint64_t version = 0;              // another one after each change; never that of an earlier life
    std::size_t place_in_expiry_queue = 0;  // when there is a deadline
    std::size_t memory_bytes = 0;           // that the key space has counted for it
    const std::uint64_t hash;               // of the key
    const std::size_t key_size;

    [[nodiscard]] bool has_deadline() const noexcept { return deadline != kNoDeadline; }
    [[nodiscard]] std::string_view key() const noexcept {
        return {reinterpret_cast<const char*>(this + 1), key_size};
    }
};

// Records by key, in the order of their hashes, then keys: an order that depends on nothing but the keys that
// are there, so that replicas which came to them by different ways (a snapshot, say) list them alike, and a
// scan can go on from a hash whatever was added or removed in between.
//
// It is an extendible hash table (Fagin, Nievergelt, Pippenger, Strong, 1979): a directory, indexed by the
// top bits of the hash, of segments that split when they are full. So it grows a segment at a time and never
// stops to move everything.
//
// T1. A segment of depth d is entered 2^(D-d) times in a row in the directory of 2^D; all hashes in it have
//     their top d bits in common.
// T2. Slots of a segment that are taken ascend by (hash, key). Each stands at its home or above it, and
//     no slot between is empty; the home is told by the hash's next bits below the top d.
class KeyTable {
public:
    explicit KeyTable(std::uint64_t seed = 0);

    [[nodiscard]] std::uint64_t hash_of(std::string_view key) const noexcept;
    [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] Record* find(std::string_view key) const noexcept;
    // Has the processor fetch what find() will look at for these keys: all of them wait for memory together,
    // and not one after the other. At most kPrefetchMax of them.
    static constexpr std::size_t kPrefetchMax = 32;
    void prefetch(std::span<const std::string_view> keys) const noexcept;
    // A new record, whose address stands as long as it is here. REQUIRES: there is none of this key.
    Record& insert(std::string_view key);
    void erase(const Record& record);

    // Calls use(Record&) for the records whose hash is `from` or more, in order, until it returns false.
    // REQUIRES: use() does not change the table.
    template <typename Use>
    void for_each_from(std::uint64_t from, Use&& use) const {
        for (std::size_t entry = entry_of(from); entry < directory_.size();
             entry = behind_segment_of(entry)) {
            for (const Slot& slot : directory_[entry]->slots)
                if (slot.record && slot.hash >= from && !use(*slot.record)) return;
        }
    }

    [[nodiscard]] std::size_t directory_entries() const noexcept { return directory_.size(); }
    void check_invariants() const;

private:
    struct Slot {
        std::uint64_t hash = 0;
        Record::Pointer record;
    };
    struct Segment {
        explicit Segment(unsigned top_bits);
        [[nodiscard]] std::size_t home_of(std::uint64_t hash) const noexcept;
        [[nodiscard]] std::size_t place_for(std::uint64_t hash, std::string_view key) const noexcept;
        void insert(Slot slot);
        void erase(std::size_t place);
        void append(Slot slot);  // REQUIRES: it comes after all that are here

        unsigned depth;
        std::size_t size = 0;
        std::size_t end = 0;  // where append() goes on
        std::vector<Slot> slots;
    };
    using SegmentPointer = std::shared_ptr<Segment>;

    [[nodiscard]] const Slot* first_slot_of(std::uint64_t hash) const noexcept;
    [[nodiscard]] std::size_t entry_of(std::uint64_t hash) const noexcept;
    [[nodiscard]] std::size_t entries_of(std::size_t entry) const noexcept;
    [[nodiscard]] std::size_t behind_segment_of(std::size_t entry) const noexcept {
        return (entry | (entries_of(entry) - 1)) + 1;
    }
    [[nodiscard]] bool may_split(const Segment& segment) const noexcept;
    void split(std::size_t entry);
    void join_with_neighbour(std::size_t entry);
    void enter(const SegmentPointer& segment, std::size_t first, std::size_t count);

    std::uint64_t seed_;
    unsigned depth_ = 0;
    std::size_t size_ = 0;
    std::size_t segments_ = 1;
    std::vector<SegmentPointer> directory_;
};

}  // namespace synod::rsm

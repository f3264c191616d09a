#include "synod/rsm/key_table.hpp"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include "synod/core/check.hpp"

namespace synod::rsm {

namespace {

constexpr unsigned kHomeBits = 8;
constexpr std::size_t kHomes = std::size_t{1} << kHomeBits;
constexpr std::size_t kOverflow = 8;  // slots above the last home, at first
constexpr std::size_t kSegmentFull = kHomes * 13 / 16;
constexpr std::size_t kSparse = kHomes / 4;
// Segments are about equally deep, unless somebody chose the keys by their hashes. Then they are left to
// grow, or a handful of keys could double the directory for ever.
constexpr std::size_t kEntriesPerSegmentMax = 16;

}  // namespace

Record::Pointer Record::make(std::string_view key, std::uint64_t hash) {
    void* const memory = ::operator new(sizeof(Record) + key.size());
    key.copy(static_cast<char*>(memory) + sizeof(Record), key.size());
    return Pointer(new (memory) Record{.hash = hash, .key_size = key.size()});
}

void Record::Free::operator()(Record* record) const noexcept {
    record->~Record();
    ::operator delete(record);
}

KeyTable::Segment::Segment(unsigned top_bits) : depth(top_bits), slots(kHomes + kOverflow) {}

std::size_t KeyTable::Segment::home_of(std::uint64_t hash) const noexcept {
    return (hash << depth) >> (64 - kHomeBits);
}

// The first slot that does not come before (hash, key): it has the key, or is where it would go.
std::size_t KeyTable::Segment::place_for(std::uint64_t hash, std::string_view key) const noexcept {
    std::size_t place = home_of(hash);
    for (; place < slots.size() && slots[place].record; ++place) {
        if (slots[place].hash > hash) break;
        if (slots[place].hash == hash && slots[place].record->key() >= key) break;
    }
    return place;
}

void KeyTable::Segment::insert(Slot slot) {
    const std::size_t place = place_for(slot.hash, slot.record->key());
    std::size_t empty = place;
    while (empty < slots.size() && slots[empty].record)
        ++empty;
    if (empty == slots.size()) slots.emplace_back();
    const auto begin = slots.begin();
    std::move_backward(begin + static_cast<std::ptrdiff_t>(place), begin + static_cast<std::ptrdiff_t>(empty),
                       begin + static_cast<std::ptrdiff_t>(empty + 1));
    slots[place] = std::move(slot);
    ++size;
}

void KeyTable::Segment::erase(std::size_t place) {
    for (; place + 1 < slots.size(); ++place) {
        Slot& next = slots[place + 1];
        if (!next.record || home_of(next.hash) > place) break;
        slots[place] = std::move(next);
    }
    slots[place] = {};
    --size;
}

void KeyTable::Segment::append(Slot slot) {
    end = std::max(end, home_of(slot.hash));
    if (end == slots.size()) slots.emplace_back();
    slots[end++] = std::move(slot);
    ++size;
}

KeyTable::KeyTable(std::uint64_t seed) : seed_(seed), directory_{std::make_shared<Segment>(0)} {}

std::uint64_t KeyTable::hash_of(std::string_view key) const noexcept {
    return XXH3_64bits_withSeed(key.data(), key.size(), seed_);
}

std::size_t KeyTable::entry_of(std::uint64_t hash) const noexcept {
    return depth_ == 0 ? 0 : hash >> (64 - depth_);
}

// How many entries the segment of this one has.
std::size_t KeyTable::entries_of(std::size_t entry) const noexcept {
    return std::size_t{1} << (depth_ - directory_[entry]->depth);
}

Record* KeyTable::find(std::string_view key) const noexcept {
    const std::uint64_t hash = hash_of(key);
    const Segment& segment = *directory_[entry_of(hash)];
    for (std::size_t place = segment.home_of(hash); place < segment.slots.size(); ++place) {
        const Slot& slot = segment.slots[place];
        if (!slot.record || slot.hash > hash) break;
        if (slot.hash == hash && slot.record->key() == key) return slot.record.get();
    }
    return nullptr;
}

const KeyTable::Slot* KeyTable::first_slot_of(std::uint64_t hash) const noexcept {
    const Segment& segment = *directory_[entry_of(hash)];
    return &segment.slots[segment.home_of(hash)];
}

// By stages, each of which needs what the one before has fetched: slots, records, the ends of values. A key
// that is not where its hash says, or shares it with another one, is left to find().
void KeyTable::prefetch(std::span<const std::string_view> keys) const noexcept {
    struct Search {
        std::uint64_t hash = 0;
        const Slot* slot = nullptr;
        const Record* record = nullptr;
    };
    std::array<Search, kPrefetchMax> searches;
    const auto active = std::span(searches).first(std::min(keys.size(), kPrefetchMax));
    for (std::size_t k = 0; k < active.size(); ++k) {
        active[k].hash = hash_of(keys[k]);
        active[k].slot = first_slot_of(active[k].hash);
        __builtin_prefetch(active[k].slot);
    }
    for (Search& search : active) {
        for (std::size_t near = 0; near < kOverflow && search.slot->record && search.slot->hash < search.hash;
             ++near)
            ++search.slot;
        search.record = search.slot->record.get();
        if (search.record == nullptr) continue;
        __builtin_prefetch(search.record);
        __builtin_prefetch(search.record + 1);
    }
    for (const Search& search : active) {
        if (search.record == nullptr) continue;
        const std::string& value = search.record->value;
        __builtin_prefetch(value.data(), 1);
        __builtin_prefetch(value.data() + value.size(), 1);
    }
}

Record& KeyTable::insert(std::string_view key) {
    Record::Pointer record = Record::make(key, hash_of(key));
    Record& inserted = *record;

    std::size_t entry = entry_of(inserted.hash);
    while (directory_[entry]->size >= kSegmentFull && may_split(*directory_[entry])) {
        split(entry);
        entry = entry_of(inserted.hash);
    }
    directory_[entry]->insert(Slot{inserted.hash, std::move(record)});
    ++size_;
    return inserted;
}

void KeyTable::erase(const Record& record) {
    const std::size_t entry = entry_of(record.hash);
    Segment& segment = *directory_[entry];
    const std::size_t place = segment.place_for(record.hash, record.key());
    SYNOD_CHECK(place < segment.slots.size() && segment.slots[place].record.get() == &record);
    segment.erase(place);
    --size_;
    if (segment.size < kSparse / 2 && segment.depth > 0) join_with_neighbour(entry);
}

bool KeyTable::may_split(const Segment& segment) const noexcept {
    return segment.depth < depth_ || directory_.size() <= kEntriesPerSegmentMax * segments_;
}

void KeyTable::split(std::size_t entry) {
    if (directory_[entry]->depth == depth_) {
        std::vector<SegmentPointer> doubled(2 * directory_.size());
        for (std::size_t i = 0; i < doubled.size(); ++i)
            doubled[i] = directory_[i / 2];
        directory_ = std::move(doubled);
        ++depth_;
        entry *= 2;
    }
    const SegmentPointer old = directory_[entry];
    const std::size_t half = entries_of(entry) / 2;
    const std::size_t first = entry & ~(2 * half - 1);
    enter(std::make_shared<Segment>(old->depth + 1), first, half);
    enter(std::make_shared<Segment>(old->depth + 1), first + half, half);
    for (Slot& slot : old->slots) {
        if (!slot.record) continue;
        Segment& half_of_slot = *directory_[entry_of(slot.hash)];
        half_of_slot.append(std::move(slot));
    }
    ++segments_;
}

void KeyTable::join_with_neighbour(std::size_t entry) {
    const std::size_t count = entries_of(entry);
    const std::size_t first = entry & ~(2 * count - 1);
    const SegmentPointer lower = directory_[first];
    const SegmentPointer upper = directory_[first + count];
    if (lower->depth != upper->depth || lower->size + upper->size > kSparse) return;

    const auto joined = std::make_shared<Segment>(lower->depth - 1);
    for (const SegmentPointer& part : {lower, upper})
        for (Slot& slot : part->slots)
            if (slot.record) joined->append(std::move(slot));
    enter(joined, first, 2 * count);
    --segments_;
}

void KeyTable::enter(const SegmentPointer& segment, std::size_t first, std::size_t count) {
    std::fill_n(directory_.begin() + static_cast<std::ptrdiff_t>(first), count, segment);
}

void KeyTable::check_invariants() const {
    std::size_t records = 0;
    std::size_t segments = 0;
    for (std::size_t entry = 0; entry < directory_.size(); entry += entries_of(entry)) {
        const Segment& segment = *directory_[entry];
        ++segments;
        for (std::size_t i = 0; i < entries_of(entry); ++i)
            SYNOD_CHECK(directory_[entry + i].get() == &segment);  // T1
        const Slot* before = nullptr;
        std::size_t run = 0;  // where the taken slots that end here begin
        std::size_t taken = 0;
        for (std::size_t place = 0; place < segment.slots.size(); ++place) {
            const Slot& slot = segment.slots[place];
            if (!slot.record) {
                run = place + 1;
                continue;
            }
            ++taken;
            SYNOD_CHECK(&segment == directory_[entry_of(slot.hash)].get());                         // T1
            SYNOD_CHECK(run <= segment.home_of(slot.hash) && segment.home_of(slot.hash) <= place);  // T2
            SYNOD_CHECK(before == nullptr || before->hash < slot.hash ||
                        (before->hash == slot.hash && before->record->key() < slot.record->key()));  // T2
            before = &slot;
        }
        SYNOD_CHECK(taken == segment.size);
        records += taken;
    }
    SYNOD_CHECK(records == size_ && segments == segments_);
}

}  // namespace synod::rsm

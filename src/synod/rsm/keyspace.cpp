#include "synod/rsm/keyspace.hpp"

#include <utility>

#include "synod/core/check.hpp"
#include "synod/core/hash.hpp"
#include "synod/rsm/encoding.hpp"

namespace synod::rsm {

namespace {

// An entry adds at most a few deadlines, so this many at each keeps up with them.
constexpr int kExpiredPerEntryMax = 32;
// No history is so long; beyond it versions would begin anew.
constexpr std::uint64_t kChangesMax = std::uint64_t{1} << 62;
// A record in a snapshot: two lengths, a version, a deadline.
constexpr std::size_t kRecordBytesMin = 18;
// Of a record in memory: itself, its places in the table and among those with a deadline, and what the
// allocator adds.
constexpr std::size_t kRecordBytes = sizeof(Record) + 64;
constexpr std::size_t kSpareBytesMax = 256;

std::size_t heap_bytes(const std::string& text) noexcept {
    static const std::size_t inside = std::string().capacity();
    return text.capacity() > inside ? text.capacity() : 0;
}

}  // namespace

void Keyspace::enter(const LogEntry& entry) {
    now_ = entry.time;
    position_ = entry.position;
    draws_ = 0;
    if (entry.position == Position{}) {
        StateHash seed;
        seed.add(entry.time.ms);
        seed.add(entry.command);
        clear();  // a snapshot may say that it is of no entry, and have keys
        table_ = KeyTable(seed.value());
    }
    expire_some();
}

const Record* Keyspace::find(std::string_view key) const noexcept {
    const Record* record = table_.find(key);
    return record == nullptr || is_expired(*record) ? nullptr : record;
}

Record* Keyspace::find(std::string_view key) noexcept {
    Record* record = table_.find(key);
    return record == nullptr || is_expired(*record) ? nullptr : record;
}

Record& Keyspace::obtain(std::string_view key) {
    Record* record = table_.find(key);
    if (record == nullptr) {
        record = &table_.insert(key);
    } else if (is_expired(*record)) {
        record->value.clear();
        clear_deadline(*record);
    } else {
        return *record;
    }
    births_.note(record->hash, ++changes_);
    return *record;
}

// Memory that a value does not need any more is given back; it may double what it takes, as it grows.
void Keyspace::measure(Record& record) {
    if (record.value.capacity() > kSpareBytesMax + 2 * record.value.size()) record.value.shrink_to_fit();
    const std::size_t bytes = kRecordBytes + record.key_size + heap_bytes(record.value);
    memory_bytes_ += bytes - std::exchange(record.memory_bytes, bytes);
}

void Keyspace::set_deadline(Record& record, std::int64_t deadline) {
    const bool had_one = record.has_deadline();
    record.deadline = deadline;
    if (had_one)
        expiry_.moved(record);
    else
        expiry_.add(record);
}

bool Keyspace::clear_deadline(Record& record) {
    if (!record.has_deadline()) return false;
    expiry_.remove(record);
    record.deadline = Record::kNoDeadline;
    return true;
}

bool Keyspace::erase(std::string_view key) {
    const Record* record = find(key);
    if (record != nullptr) erase(*record);
    return record != nullptr;
}

void Keyspace::erase(const Record& record) {
    if (record.has_deadline()) expiry_.remove(record);
    memory_bytes_ -= record.memory_bytes;
    table_.erase(record);
}

void Keyspace::clear() {
    expiry_ = {};
    memory_bytes_ = 0;
    table_ = KeyTable(table_.seed());
}

void Keyspace::expire_some() {
    for (int i = 0; i < kExpiredPerEntryMax && !expiry_.empty() && is_expired(expiry_.first()); ++i)
        erase(expiry_.first());
}

std::uint64_t Keyspace::version(std::string_view key) const noexcept {
    const Record* record = find(key);
    return record == nullptr ? births_.last(table_.hash_of(key)) : record->version;
}

std::uint64_t Keyspace::draw() noexcept {
    StateHash hash;
    hash.add(table_.seed());
    hash.add(position_);
    hash.add(now_.ms);
    hash.add(++draws_);
    return hash.value();
}

const Record* Keyspace::random_key() {
    // A window of the hashes, wide enough for a few keys; a random one of many numbers; the key of that
    // number in it, when there are so many. Whichever it is, it is found in the same share of the windows.
    constexpr std::size_t kExpected = 4;
    constexpr std::size_t kNumbers = 32;
    constexpr int kTries = 1000;
    if (size() == 0) return nullptr;
    const std::uint64_t all = ~std::uint64_t{0};
    const std::uint64_t width = size() <= kExpected ? all : all / size() * kExpected;
    for (int i = 0; i < kTries; ++i) {
        const std::uint64_t from = draw();
        const Record* record = nth_within(from, width, draw() % kNumbers);
        if (record != nullptr) return record;
    }
    const Record* first = nullptr;  // nearly all are expired
    for_each_from(0, [&](const Record& record) {
        first = &record;
        return false;
    });
    return first;
}

// Of the keys whose hash is at most `width` above `from`, which wrap around, the nth.
const Record* Keyspace::nth_within(std::uint64_t from, std::uint64_t width, std::size_t n) const {
    const Record* found = nullptr;
    const auto count = [&](const Record& record) {
        if (record.hash - from > width) return false;
        if (n-- == 0) found = &record;
        return found == nullptr;
    };
    table_.for_each_from(from, count);
    if (found == nullptr && from + width < from)
        table_.for_each_from(0, [&](const Record& record) { return record.hash < from && count(record); });
    return found == nullptr || is_expired(*found) ? nullptr : found;
}

void Keyspace::snapshot(std::string& out) const {
    Encoder encoder(out);
    encoder.signed_integer(now_.ms);
    encoder.integer(changes_);
    encoder.integer(table_.seed());
    births_.snapshot(encoder);
    encoder.length(table_.size());
    table_.for_each_from(0, [&](const Record& record) {
        encoder.text(record.key());
        encoder.text(record.value);
        encoder.integer(record.version);
        encoder.signed_integer(record.deadline);
        return true;
    });
}

bool Keyspace::restore(Bytes snapshot) {
    Decoder decoder(snapshot);
    now_ = {decoder.signed_integer()};
    if (now_.ms < 0) return false;
    changes_ = decoder.integer<std::uint64_t>();
    if (changes_ > kChangesMax) return false;
    table_ = KeyTable(decoder.integer<std::uint64_t>());
    if (!births_.restore(decoder, changes_)) return false;
    for (std::size_t left = decoder.count(kRecordBytesMin); left > 0 && decoder.well_formed(); --left) {
        const std::string_view key = decoder.text();
        if (table_.find(key) != nullptr) return false;
        Record& record = table_.insert(key);
        record.value = decoder.text();
        record.version = decoder.integer<std::uint64_t>();
        record.deadline = decoder.signed_integer();
        if (!is_possible(record)) return false;
        measure(record);
        if (record.has_deadline()) expiry_.add(record);
    }
    return decoder.complete();
}

bool Keyspace::is_possible(const Record& record) const noexcept {
    return record.version > 0 && record.version <= changes_ && record.deadline >= Record::kNoDeadline &&
           record.value.size() <= value_bytes_max_;
}

void Keyspace::check_invariants() const {
    table_.check_invariants();
    std::size_t with_deadline = 0;
    std::size_t memory = 0;
    table_.for_each_from(0, [&](const Record& record) {
        with_deadline += record.has_deadline() ? 1 : 0;
        memory += record.memory_bytes;
        SYNOD_CHECK(is_possible(record));  // K2
        return true;
    });
    SYNOD_CHECK(with_deadline == expiry_.size());
    SYNOD_CHECK(memory == memory_bytes_);
}

}  // namespace synod::rsm

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "synod/rsm/births.hpp"
#include "synod/rsm/expiry_queue.hpp"
#include "synod/rsm/key_table.hpp"
#include "synod/rsm/state_machine.hpp"

namespace synod::rsm {

// Keys, values and deadlines as of one entry of the log. Equal histories give equal key spaces; all that
// looks like chance is drawn from the entry.
//
// K1. A key is expired when time is past its deadline: from then on it is not there for anybody, though its
//     memory may still be held. What is held is removed in the order of the deadlines, a few at each entry.
// K2. A version belongs to one value of one key, or to one birth of a key: none is given twice.
// K3. The version of a key that is not there is that of the last birth in its group: so one that was there
//     in between has another one. Groups are a fixed number, by the first bits of the keys' hashes, so now
//     and then the birth of one key changes the version of another that is not there either.
class Keyspace {
public:
    // A value beyond so many bytes is refused; the same at all replicas.
    explicit Keyspace(std::size_t value_bytes_max) : value_bytes_max_(value_bytes_max) {}

    // The entry whose commands come now.
    void enter(const LogEntry& entry);
    [[nodiscard]] UnixTime now() const noexcept { return now_; }
    [[nodiscard]] std::size_t value_bytes_max() const noexcept { return value_bytes_max_; }
    // Of keys whose memory is held.
    [[nodiscard]] std::size_t size() const noexcept { return table_.size(); }
    [[nodiscard]] std::size_t keys_with_deadline() const noexcept { return expiry_.size(); }
    // That they take, with what is kept beside them. It may differ between replicas.
    [[nodiscard]] std::size_t memory_bytes() const noexcept { return memory_bytes_; }

    // Whether time would expire some key that is held, if it were this.
    [[nodiscard]] bool has_due(UnixTime time) const noexcept {
        return !expiry_.empty() && time.ms > expiry_.first().deadline;
    }

    [[nodiscard]] const Record* find(std::string_view key) const noexcept;
    [[nodiscard]] Record* find(std::string_view key) noexcept;
    // See KeyTable.
    void prefetch(std::span<const std::string_view> keys) const noexcept { table_.prefetch(keys); }
    // That of `find`, or a new one with an empty value.
    [[nodiscard]] Record& obtain(std::string_view key);
    // To be called once after a change of a value, of a deadline, or of both.
    void changed(Record& record) {
        record.version = ++changes_;
        measure(record);
    }
    void set_deadline(Record& record, std::int64_t deadline);
    // Whether there was one.
    bool clear_deadline(Record& record);
    bool erase(std::string_view key);
    void clear();

    // See K2 and K3.
    [[nodiscard]] std::uint64_t version(std::string_view key) const noexcept;
    // Every key is as likely as the others. Null: there is none.
    [[nodiscard]] const Record* random_key();

    // Calls use(const Record&) for the keys whose hash is `from` or more, by hash, until it returns false.
    template <typename Use>
    void for_each_from(std::uint64_t from, Use&& use) const {
        table_.for_each_from(from, [&](const Record& record) { return is_expired(record) || use(record); });
    }

    void snapshot(std::string& out) const;
    // Into an empty one. False: the bytes are no snapshot, and this one is of no use.
    [[nodiscard]] bool restore(Bytes snapshot);
    void check_invariants() const;

private:
    [[nodiscard]] bool is_expired(const Record& record) const noexcept {
        return record.has_deadline() && now_.ms > record.deadline;
    }
    [[nodiscard]] bool is_possible(const Record& record) const noexcept;
    void measure(Record& record);
    void erase(const Record& record);
    void expire_some();
    [[nodiscard]] std::uint64_t draw() noexcept;
    [[nodiscard]] const Record* nth_within(std::uint64_t from, std::uint64_t width, std::size_t n) const;

    std::size_t value_bytes_max_;
    UnixTime now_;
    std::uint64_t changes_ = 0;
    std::size_t memory_bytes_ = 0;
    Births births_;
    KeyTable table_;
    ExpiryQueue expiry_;

    // Of this entry alone.
    Position position_;
    std::uint64_t draws_ = 0;
};

}  // namespace synod::rsm

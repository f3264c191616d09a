#pragma once

#include <algorithm>
#include <concepts>
#include <utility>
#include <vector>

#include "synod/core/message.hpp"

namespace synod::wire {

// Reads fields one after the other; see fields.hpp. Reads nothing beyond the end: a field that is not
// there, or is none of its values, makes the whole malformed.
class Reader {
public:
    explicit Reader(Bytes bytes) noexcept : left_(bytes) {}

    template <typename... Fields>
    void operator()(Fields&... fields) {
        (get(fields), ...);
    }
    // All that is left.
    void rest(Bytes& bytes) noexcept { bytes = std::exchange(left_, {}); }

    // So many bytes, each of them 0.
    void zeros(std::size_t bytes) noexcept {
        const Bytes taken = take(bytes);
        well_formed_ = well_formed_ && std::all_of(taken.begin(), taken.end(),
                                                   [](std::byte byte) { return byte == std::byte{0}; });
    }

    // Every field was there, and nothing else.
    [[nodiscard]] bool complete() const noexcept { return well_formed_ && left_.empty(); }

private:
    [[nodiscard]] Bytes take(std::size_t bytes) noexcept {
        if (bytes > left_.size()) {
            well_formed_ = false;
            left_ = {};
            return {};
        }
        const Bytes taken = left_.first(bytes);
        left_ = left_.subspan(bytes);
        return taken;
    }

    template <std::unsigned_integral T>
    void get(T& value) noexcept {
        const Bytes bytes = take(sizeof value);
        value = bytes.empty() ? T{} : load<T>(bytes.data());
    }
    void get(bool& value) noexcept {
        std::uint8_t byte = 0;
        get(byte);
        well_formed_ = well_formed_ && byte <= 1;
        value = byte == 1;
    }
    template <typename Tag, typename Rep>
    void get(StrongId<Tag, Rep>& id) noexcept {
        Rep value{};
        get(value);
        id = StrongId<Tag, Rep>(value);
    }
    void get(Duration& duration) noexcept { get(duration.ns); }
    void get(SessionId& session) noexcept { (*this)(session.high, session.low); }
    void get(Ballot& b) noexcept { (*this)(b.round, b.proposer, b.incarnation); }
    void get(Reign& reign) noexcept { (*this)(reign.ballot, reign.first, reign.decided_below); }
    void get(Losses& losses) noexcept {
        (*this)(losses.refused, losses.overflowed, losses.truncated, losses.unsent);
    }
    void get(Range& range) noexcept { (*this)(range.first, range.end); }
    void get(FewRanges& ranges) noexcept {
        std::uint8_t count = 0;
        get(count);
        for (; count > 0 && well_formed_; --count) {
            Range range;
            get(range);
            well_formed_ = well_formed_ && ranges.add(range);
        }
    }
    void get(VoteEntry& entry) noexcept {
        std::uint16_t size = 0;
        (*this)(entry.instance, entry.v_rnd, entry.decided, size);
        entry.v_val = take(size);
    }
    void get(std::vector<VoteEntry>& entries) {
        std::uint16_t count = 0;
        get(count);
        for (; count > 0 && well_formed_; --count)
            get(entries.emplace_back());
    }
    void get(std::vector<SessionEntry>& entries) {
        std::uint16_t count = 0;
        get(count);
        for (; count > 0 && well_formed_; --count) {
            SessionEntry& entry = entries.emplace_back();
            (*this)(entry.session, entry.next);
        }
    }

    Bytes left_;
    bool well_formed_ = true;
};

}  // namespace synod::wire

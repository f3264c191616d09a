#pragma once

#include <algorithm>
#include <concepts>
#include <vector>

#include "synod/core/message.hpp"

namespace synod::wire {

// Writes fields one after the other; see fields.hpp. Whoever makes it provides the room.
class Writer {
public:
    explicit Writer(std::byte* to) noexcept : at_(to) {}

    template <typename... Fields>
    void operator()(const Fields&... fields) noexcept {
        (put(fields), ...);
    }
    // The byte string that ends the message: left where it is.
    void rest(Bytes bytes) noexcept { rest_ = bytes; }

    void zeros(std::size_t bytes) noexcept { at_ = std::fill_n(at_, bytes, std::byte{0}); }

    [[nodiscard]] const std::byte* end() const noexcept { return at_; }
    [[nodiscard]] Bytes rest() const noexcept { return rest_; }

private:
    template <std::unsigned_integral T>
    void put(T value) noexcept {
        store(at_, value);
        at_ += sizeof value;
    }
    void put(bool value) noexcept { put(std::uint8_t{value}); }
    template <typename Tag, typename Rep>
    void put(StrongId<Tag, Rep> id) noexcept {
        put(id.value());
    }
    void put(Duration duration) noexcept { put(duration.ns); }
    void put(const SessionId& session) noexcept { (*this)(session.high, session.low); }
    void put(const Ballot& b) noexcept { (*this)(b.round, b.proposer, b.incarnation); }
    void put(const Reign& reign) noexcept { (*this)(reign.ballot, reign.first, reign.decided_below); }
    void put(const Losses& losses) noexcept {
        (*this)(losses.refused, losses.overflowed, losses.truncated, losses.unsent);
    }
    void put(const Range& range) noexcept { (*this)(range.first, range.end); }
    void put(const FewRanges& ranges) noexcept {
        put(static_cast<std::uint8_t>(ranges.size()));
        for (const Range& range : ranges)
            put(range);
    }
    void put(const VoteEntry& entry) noexcept {
        // The ballot of a decided entry means nothing, and so is always the same nothing here.
        (*this)(entry.instance, entry.decided ? Ballot{} : entry.v_rnd, entry.decided,
                static_cast<std::uint16_t>(entry.v_val.size()));
        at_ = std::copy(entry.v_val.begin(), entry.v_val.end(), at_);
    }
    void put(const std::vector<VoteEntry>& entries) noexcept {
        put(static_cast<std::uint16_t>(entries.size()));
        for (const VoteEntry& entry : entries)
            put(entry);
    }
    void put(const std::vector<SessionEntry>& entries) noexcept {
        put(static_cast<std::uint16_t>(entries.size()));
        for (const SessionEntry& entry : entries)
            (*this)(entry.session, entry.next);
    }

    std::byte* at_;
    Bytes rest_;
};

}  // namespace synod::wire

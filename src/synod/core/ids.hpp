#pragma once

#include <compare>
#include <cstdint>
#include <tuple>
#include <type_traits>

namespace synod {

// An integer that cannot be mixed up with another one: InstanceId + AcceptorId does not compile.
template <typename Tag, typename Rep>
class StrongId {
    static_assert(std::is_unsigned_v<Rep>, "ids are counted from zero and never negative");

public:
    constexpr StrongId() = default;
    constexpr explicit StrongId(Rep value) noexcept : value_(value) {}

    [[nodiscard]] constexpr Rep value() const noexcept { return value_; }
    [[nodiscard]] constexpr StrongId next() const noexcept { return plus(1); }
    [[nodiscard]] constexpr StrongId plus(Rep count) const noexcept {
        return StrongId(static_cast<Rep>(value_ + count));
    }
    // How many ids lie in [from, *this). REQUIRES: from <= *this.
    [[nodiscard]] constexpr Rep since(StrongId from) const noexcept {
        return static_cast<Rep>(value_ - from.value_);
    }

    friend constexpr auto operator<=>(StrongId, StrongId) noexcept = default;

private:
    Rep value_ = 0;
};

using InstanceId = StrongId<struct InstanceTag, std::uint64_t>;
using Round = StrongId<struct RoundTag, std::uint64_t>;
using ProposerId = StrongId<struct ProposerTag, std::uint16_t>;
using AcceptorId = StrongId<struct AcceptorTag, std::uint16_t>;  // 1..N
using LearnerId = StrongId<struct LearnerTag, std::uint16_t>;
// 64 random bits from the system, drawn when a process starts: names one life of one process.
using Incarnation = StrongId<struct IncarnationTag, std::uint64_t>;
// The number of a piece in its client's session, from 0. A value larger than a batch is several pieces.
using PieceNumber = StrongId<struct PieceTag, std::uint64_t>;

// "For ever": the open end of a range of instances.
inline constexpr InstanceId kInstanceEnd{~std::uint64_t{0}};

// A client's session: 128 random bits, drawn when the client starts.
struct SessionId {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    // The id just above; above the highest comes the lowest.
    [[nodiscard]] constexpr SessionId next() const noexcept {
        return {high + (low + 1 == 0 ? 1 : 0), low + 1};
    }
    [[nodiscard]] constexpr auto state() const noexcept { return std::tie(high, low); }
    friend constexpr auto operator<=>(const SessionId&, const SessionId&) noexcept = default;
};

}  // namespace synod

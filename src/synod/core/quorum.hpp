#pragma once

#include <bit>
#include <cstdint>
#include <tuple>

#include "synod/core/check.hpp"
#include "synod/core/ids.hpp"

namespace synod {

inline constexpr unsigned kAcceptorsMax = 15;

// A set of acceptors, each counted once however often it answers.
class AcceptorSet {
public:
    // True when `acceptor` was not in the set.
    bool add(AcceptorId acceptor) noexcept {
        const auto bit = static_cast<std::uint16_t>(1u << acceptor.value());
        const bool fresh = (bits_ & bit) == 0;
        bits_ |= bit;
        return fresh;
    }
    [[nodiscard]] bool contains(AcceptorId acceptor) const noexcept {
        return (bits_ >> acceptor.value() & 1u) != 0;
    }
    [[nodiscard]] unsigned size() const noexcept { return static_cast<unsigned>(std::popcount(bits_)); }
    [[nodiscard]] std::uint16_t state() const noexcept { return bits_; }
    friend bool operator==(AcceptorSet, AcceptorSet) = default;

private:
    std::uint16_t bits_ = 0;
};

// "...a majority of the agents. Because any two majorities have at least one agent in common, this works"
// ("Paxos Made Simple", section 2.1). Acceptors are numbered 1..acceptors.
class Quorum {
public:
    explicit constexpr Quorum(unsigned acceptors) : acceptors_(acceptors) {
        SYNOD_CHECK(acceptors >= 1 && acceptors <= kAcceptorsMax);
    }
    [[nodiscard]] constexpr unsigned acceptors() const noexcept { return acceptors_; }
    [[nodiscard]] constexpr unsigned size() const noexcept { return acceptors_ / 2 + 1; }
    [[nodiscard]] bool is_member(AcceptorId id) const noexcept {
        return id.value() >= 1 && id.value() <= acceptors_;
    }
    [[nodiscard]] bool reached_by(AcceptorSet set) const noexcept { return set.size() >= size(); }

    friend constexpr bool operator==(const Quorum&, const Quorum&) = default;

private:
    unsigned acceptors_;
};

}  // namespace synod

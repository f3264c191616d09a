#pragma once

#include <compare>
#include <tuple>

#include "synod/core/ids.hpp"

namespace synod {

// A proposal number ("Paxos Made Simple", section 2.2: "different proposals have different numbers"),
// totally ordered: by round, then proposer, then incarnation. The incarnation is drawn anew at each
// start, so a proposer that stores nothing never uses a ballot of its former life.
// Ballot{} (round 0) is below every ballot that a proposer may use and means "none".
struct Ballot {
    Round round;
    ProposerId proposer;
    Incarnation incarnation;

    [[nodiscard]] constexpr bool is_none() const noexcept { return round == Round{}; }
    [[nodiscard]] constexpr auto state() const noexcept { return std::tie(round, proposer, incarnation); }
    friend constexpr auto operator<=>(const Ballot&, const Ballot&) noexcept = default;
};

static_assert(Ballot{Round{1}, ProposerId{2}, {}} < Ballot{Round{2}, ProposerId{1}, {}});
static_assert(Ballot{}.is_none());

}  // namespace synod

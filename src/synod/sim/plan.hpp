#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "synod/sim/cluster_options.hpp"
#include "synod/sim/deed.hpp"
#include "synod/sim/random.hpp"

namespace synod::sim {

// A whole history, before it begins: nothing more is left to chance but what the cluster's own seed decides
// (delays, losses). Made by a seed, or made smaller from one that failed.
struct Plan {
    ClusterOptions cluster;
    std::vector<TimedDeed> deeds;  // in the order of their times; the last one heals

    [[nodiscard]] bool is_faulty() const noexcept;
};

// Once it is healed, a cluster delivers everything within this time. Of 16,751 histories that were
// measured the slowest took 4.3 s, and one of a hundred more than 0.6 s.
inline constexpr Duration kHealBound = milliseconds(10'000);

// Does all of it to a world that is new.
void unfold(const Plan& plan, World& world);

// As a scenario that is the same history, to the bit.
[[nodiscard]] std::string text_of(const Plan& plan);

// Draws from a seed what a history is to be ("swarm testing": Groce et al., 2012: runs that each leave some
// features out find more than runs that have them all).
Plan draw_plan(std::uint64_t seed);

// Part of it: who there is, and how they are set up.
ClusterOptions draw_cluster(std::uint64_t seed, bool faulty, Random& random);

// Part of it: what happens to them.
void draw_deeds(Plan& plan, bool faulty, Random& random);

// What links do to datagrams: each kind of mishap or none of it, and so many times as much as usually.
void draw_mishaps(LinkQuality& links, std::uint32_t strength, Random& random);

}  // namespace synod::sim

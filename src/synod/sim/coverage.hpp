#pragma once

#include <array>
#include <cstdint>

#include "synod/wire/type.hpp"

namespace synod::sim {

// By type of message, from 1; a multicast is one send.
using MessageCounts = std::array<std::uint64_t, wire::kTypes + 1>;

// How often a history, or many, met what it is meant to meet: a swarm that never does finds nothing.
struct Coverage {
    MessageCounts sends{};
    std::uint64_t lost = 0;  // datagrams, by chance
    std::uint64_t cut = 0;   // ... by cut links
    std::uint64_t duplicated = 0;
    std::uint64_t overtaken = 0;
    std::uint64_t damaged = 0;
    std::uint64_t overflowed = 0;  // ... by full receive buffers
    std::uint64_t reigns = 0;      // begun, after a quorum of promises
    std::uint64_t adopted = 0;     // first 2As of a ballot for an instance that had votes in another one
    std::uint64_t no_ops = 0;      // first 2As of a ballot that propose nothing
    std::uint64_t observers = 0;   // acceptors that came back without their memory
    std::uint64_t gave_up = 0;     // learners that needed what is forgotten everywhere
    std::uint64_t crashes = 0;

    void add(const Coverage& other) noexcept;
};

}  // namespace synod::sim

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "synod/wire/type.hpp"

namespace synod::sim {

// What can happen to a datagram on its way.
enum class Fault : std::uint8_t {
    lost,        // by chance
    cut,         // the link is cut
    duplicated,  //
    overtaken,   // by later ones
    corrupted,   // a bit flipped
    truncated,   // the end cut off
    slow_link,   // much later than on other links
    overflowed,  // the receive buffer is full
    dead,        // its receiver is not alive, or no more the one that it was meant for
    paused,      // its receiver is stopped, and reads it much later
    slow,        // its receiver takes very long for each datagram
};
inline constexpr std::size_t kFaults = 11;

// What the protocol can come to: each is a branch that a swarm should have taken often.
enum class Branch : std::uint8_t {
    reign,            // begun, after a quorum of promises
    takeover,         // ... by another process than the last one
    preemption,       // of a leader
    adoption,         // first 2A of a ballot for an instance that has votes in another one
    no_op,            // first 2A of a ballot that proposes nothing
    second_2a,        // of one ballot for one instance
    paged_promise,    // a 1B that takes more than one datagram
    nack,             // a ballot below the promise
    nack_trimmed,     // an instance that is forgotten
    promise_by_2a,    // an acceptor promises a ballot whose 1A it missed
    vote_again,       // an acceptor votes for an instance in a second ballot
    learner_repair,   // asked for by a learner
    proposer_repair,  // ... by a proposer
    acceptor_repair,  // ... by an acceptor
    catch_up,         // a learner that starts late asks for the beginning
    repaired_vote,    // a repair that tells a vote
    repaired_decision,
    trimmed_answer,       // a repair for somebody who asks for what is forgotten
    trim,                 // an acceptor forgets
    checkpoint_page,      // a checkpoint that takes more than one datagram
    proposer_checkpoint,  // a proposer starts from one
    acceptor_checkpoint,  // an acceptor does, and gives up what it missed
    observer,             // an acceptor comes back without its memory
    observer_repair,      // ... and serves
    learner_gave_up,      // what it needs is forgotten everywhere
    crash,
    gap,               // a leader names runs that were lost on their way
    turn,              // ... or tells a client to wait for its turn
    repeat_refused,    // a run that is decided already comes to a proposer that does not lead
    repeat_decided,    // a run that was delivered before stands in the log again
    split_value,       // a value larger than a batch is delivered
    announcement,      // a decision is announced: no direct 2B
    leader_change,     // a client with values under way hears of a new leader
    client_in_flight,  // a client dies with values under way
    read,              // a linearizable read is done
    read_waits,        // a quorum has named instances that its learner has not delivered yet
    read_asked_again,  // no quorum has answered for long
    gave_way           // of two processes of one name one is told so, and ends
};
inline constexpr std::size_t kBranches = static_cast<std::size_t>(Branch::gave_way) + 1;

[[nodiscard]] std::string_view name_of(Fault fault) noexcept;
[[nodiscard]] std::string_view name_of(Branch branch) noexcept;

// By type of message, from 1 (0: damaged).
using MessageCounts = std::array<std::uint64_t, wire::kTypes + 1>;

// How often a history, or many, met what it is meant to meet: a swarm that never does finds nothing.
struct Coverage {
    MessageCounts sends{};  // a multicast is one send
    std::array<MessageCounts, kFaults> faults{};
    std::array<std::uint64_t, kBranches> branches{};

    void count(Fault fault, std::uint8_t type) noexcept { ++faults[static_cast<std::size_t>(fault)][type]; }
    void count(Branch branch, std::uint64_t times = 1) noexcept {
        branches[static_cast<std::size_t>(branch)] += times;
    }
    [[nodiscard]] std::uint64_t operator[](Branch branch) const noexcept {
        return branches[static_cast<std::size_t>(branch)];
    }
    void add(const Coverage& other) noexcept;
};

}  // namespace synod::sim

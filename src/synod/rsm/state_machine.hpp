#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "synod/core/bytes.hpp"
#include "synod/core/ids.hpp"

namespace synod::rsm {

// The place of a command among all commands that the log delivers, from 0. Not an instance: an instance
// decides many commands at once.
using Position = StrongId<struct PositionTag, std::uint64_t>;

// Milliseconds since 1970. Who submits the command writes it beside it, by its own clock, so all replicas
// see the same time.
struct UnixTime {
    std::int64_t ms = 0;
    friend constexpr auto operator<=>(UnixTime, UnixTime) noexcept = default;
};

// One command as a state machine gets it.
struct LogEntry {
    Position position;
    UnixTime time;  // never less than that of an earlier entry
    Bytes command;  // stands during the call
};

// Names the bytes of a snapshot: a machine refuses those of another machine, or of a version that it cannot
// read.
struct SnapshotFormat {
    std::string_view machine;
    std::uint32_t version = 1;
    friend constexpr bool operator==(const SnapshotFormat&, const SnapshotFormat&) noexcept = default;
};

// What Paxos replicates ("Paxos Made Simple", section 3): "a deterministic state machine that performs client
// commands in some sequence". Replicas that apply the same entries in the same order reach the same state,
// and give the same answers.
//
// - `apply` appends its answer to `reply`. It depends on the state and the entry alone: no clock, no
//   chance, no address of an object, no order of an unordered container, no locale. Any bytes may come as a
//   command; what is malformed is answered by an error, at all replicas alike.
// - `snapshot` appends the whole state. Equal states give equal bytes, whatever led to them.
// - `restore` takes what `snapshot` made, in place of its own state. False: it is none; the state stays.
//
// Who drives the machine keeps its snapshots from damage, and time from going back: see Replica.
template <typename M>
concept StateMachine = requires(M machine, const M& same, const LogEntry& entry, std::string& bytes,
                                Bytes snapshot) {
    { M::kSnapshotFormat } -> std::convertible_to<SnapshotFormat>;
    { machine.apply(entry, bytes) } -> std::same_as<void>;
    { same.snapshot(bytes) } -> std::same_as<void>;
    { machine.restore(snapshot) } -> std::same_as<bool>;
};

}  // namespace synod::rsm

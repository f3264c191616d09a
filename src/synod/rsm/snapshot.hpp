#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "synod/rsm/state_machine.hpp"

namespace synod::rsm {

// What a snapshot says of the log: the machine's state is that after all entries below `next`.
struct SnapshotPoint {
    Position next;
    UnixTime time;  // of the last entry
    friend constexpr bool operator==(const SnapshotPoint&, const SnapshotPoint&) noexcept = default;
};

enum class SnapshotFault : std::uint8_t {
    too_short,        // not even what stands around the state
    bad_magic,        // something else
    wrong_version,    // of another version of what stands around the state
    damaged,          // the checksum is another one
    impossible,       // of a place in the log, or of a time, that no log comes to
    foreign_machine,  // of another state machine, or of a version that this one cannot read
    malformed,        // the machine cannot make a state of it
};
[[nodiscard]] std::string_view name(SnapshotFault fault) noexcept;

struct OpenedSnapshot {
    SnapshotPoint point;
    Bytes state;
};

// What stands around a machine's state tells it from other bytes and from damage:
//     magic[8] version:u32 machine:text machine-version:u32 next:u64 time:u64 state checksum:u64
// The checksum is XXH3 of all before it. The state goes in between these two: `begin` is the size of `out`
// before the first.
void begin_snapshot(const SnapshotFormat& format, const SnapshotPoint& point, std::string& out);
void end_snapshot(std::size_t begin, std::string& out);
// Never trusts the bytes: what is counted on from the point on does not overflow. The state is a view of
// them.
[[nodiscard]] std::variant<OpenedSnapshot, SnapshotFault> open_snapshot(const SnapshotFormat& format,
                                                                        Bytes snapshot);

}  // namespace synod::rsm

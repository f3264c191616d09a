#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace synod::server {

// What a server says before the bytes of a snapshot: a sign of life, when it begins to write it, and then how
// large it is, or why there is none. More signs of life do no harm:
//     head = "\n"* ( "$" digit+ | "-" reason ) "\r\n"
struct SnapshotHead {
    enum class Kind : std::uint8_t { incomplete, size, refusal, malformed };

    Kind kind = Kind::incomplete;
    std::size_t bytes = 0;    // of the head; of an incomplete one those that can be thrown away
    std::size_t size = 0;     // of the snapshot
    std::string_view reason;  // a view of what was received; "ERR ...", "BUSY ..."
};

constexpr std::string_view kSnapshotLineEnd = "\r\n";  // of the head, and behind the bytes of the snapshot

// Never trusts the bytes.
[[nodiscard]] SnapshotHead read_snapshot_head(std::string_view received);

}  // namespace synod::server

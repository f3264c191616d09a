#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace synod::wire {

// What a datagram was refused for, in the order in which it is looked at. Garbage is called garbage
// before anybody asks whose it is: the checksum comes before the cluster and the run.
enum class Refusal : std::uint8_t {
    too_short,        // not even a header
    bad_magic,        // another program's
    wrong_version,    // of another version of this format
    bad_length,       // shorter than its header says, or than a header
    bad_checksum,     // damaged on its way
    bad_header,       // no such role, or a reserved field is not 0
    foreign_cluster,  // of another cluster on the same groups
    foreign_run,      // of the same cluster's earlier or other life
    unknown_type,     // no such message
    malformed,        // the body does not parse to the byte
    impossible,       // it parses, but no correct process sends it
};
inline constexpr std::size_t kRefusals = 11;

// As in counters and logs: "bad checksum".
[[nodiscard]] std::string_view name(Refusal refusal) noexcept;

// How many datagrams were refused, by reason.
class RefusalCounts {
public:
    void count(Refusal refusal) noexcept { ++counts_[static_cast<std::size_t>(refusal)]; }
    [[nodiscard]] std::uint64_t of(Refusal refusal) const noexcept {
        return counts_[static_cast<std::size_t>(refusal)];
    }
    [[nodiscard]] std::uint64_t total() const noexcept;

private:
    std::array<std::uint64_t, kRefusals> counts_{};
};

}  // namespace synod::wire

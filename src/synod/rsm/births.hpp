#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "synod/rsm/encoding.hpp"

namespace synod::rsm {

// When keys last came into being, in versions: not of each key that ever was, but of groups of keys, a fixed
// number of them, by the first bits of their hashes.
class Births {
public:
    // A version later than all before it.
    void note(std::uint64_t hash, std::uint64_t version);
    // In the group of this hash; 0: none yet.
    [[nodiscard]] std::uint64_t last(std::uint64_t hash) const noexcept;

    //     births = count ( group version:u64 )*           the groups ascend
    void snapshot(Encoder& encoder) const;
    // Into an empty one; no version is above the given one. False: malformed.
    [[nodiscard]] bool restore(Decoder& decoder, std::uint64_t version_max);

private:
    static constexpr unsigned kGroupBits = 14;
    static constexpr std::size_t kGroups = std::size_t{1} << kGroupBits;
    [[nodiscard]] static std::size_t group_of(std::uint64_t hash) noexcept {
        return hash >> (64 - kGroupBits);
    }

    std::vector<std::uint64_t> last_;  // of each group; empty: of none
};

}  // namespace synod::rsm

#include "synod/wire/refusal.hpp"

#include <numeric>

namespace synod::wire {

std::string_view name(Refusal refusal) noexcept {
    switch (refusal) {
        case Refusal::too_short:
            return "too short";
        case Refusal::bad_magic:
            return "bad magic";
        case Refusal::wrong_version:
            return "wrong version";
        case Refusal::bad_length:
            return "bad length";
        case Refusal::bad_checksum:
            return "bad checksum";
        case Refusal::bad_header:
            return "bad header";
        case Refusal::foreign_cluster:
            return "foreign cluster";
        case Refusal::foreign_run:
            return "foreign run";
        case Refusal::unknown_type:
            return "unknown type";
        case Refusal::malformed:
            return "malformed";
        case Refusal::impossible:
            return "impossible";
    }
    return "unknown";
}

std::uint64_t RefusalCounts::total() const noexcept {
    return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

}  // namespace synod::wire

#include "synod/rsm/births.hpp"

#include <algorithm>

namespace synod::rsm {

namespace {
constexpr std::size_t kBirthBytesMin = 9;  // in a snapshot
}

void Births::note(std::uint64_t hash, std::uint64_t version) {
    if (last_.empty()) last_.resize(kGroups);
    last_[group_of(hash)] = version;
}

std::uint64_t Births::last(std::uint64_t hash) const noexcept {
    return last_.empty() ? 0 : last_[group_of(hash)];
}

void Births::snapshot(Encoder& encoder) const {
    const auto none = std::count(last_.begin(), last_.end(), 0);
    encoder.length(last_.size() - static_cast<std::size_t>(none));
    for (std::size_t group = 0; group < last_.size(); ++group) {
        if (last_[group] == 0) continue;
        encoder.length(group);
        encoder.integer(last_[group]);
    }
}

bool Births::restore(Decoder& decoder, std::uint64_t version_max) {
    std::size_t from = 0;  // where the next group may be
    for (std::size_t left = decoder.count(kBirthBytesMin); left > 0; --left) {
        const std::size_t group = decoder.length();
        const auto version = decoder.integer<std::uint64_t>();
        if (group < from || group >= kGroups || version == 0 || version > version_max) return false;
        if (last_.empty()) last_.resize(kGroups);
        last_[group] = version;
        from = group + 1;
    }
    return decoder.well_formed();
}

}  // namespace synod::rsm

#include "synod/sim/values.hpp"

#include "synod/sim/random.hpp"

namespace synod::sim {

namespace {
constexpr std::uint64_t kKinds = 64;
constexpr std::uint64_t kEmpty = 8;  // kinds below
constexpr std::uint64_t kEqual = 24;
constexpr std::uint64_t kSmall = 58;
constexpr std::uint64_t kMedium = 62;
constexpr std::uint64_t kBatchesMax = 3;
constexpr std::byte kEqualByte{'='};
}  // namespace

std::size_t ValueMaker::size_of(std::uint64_t kind, std::uint64_t draw) const noexcept {
    if (kind < kEmpty) return 0;
    if (kind < kSmall) return 1 + draw % 64;
    if (kind < kMedium) return 1 + draw % 1024;
    return 1 + draw % (kBatchesMax * batch_bytes_);
}

void ValueMaker::make(SessionId session, std::uint64_t number, std::vector<std::byte>& value) const {
    Random random(session.low ^ number * 0x2545f4914f6cdd1d);
    const std::uint64_t kind = random.below(kKinds);
    if (fixed_bytes_ == 0 && kind >= kEmpty && kind < kEqual) return value.assign(16, kEqualByte);
    value.resize(fixed_bytes_ != 0 ? fixed_bytes_ : size_of(kind, random.next()));
    for (std::size_t at = 0; at < value.size(); at += 8) {
        std::uint64_t word = random.next();
        for (std::size_t k = at; k < value.size() && k < at + 8; ++k, word >>= 8)
            value[k] = static_cast<std::byte>(word);
    }
}

}  // namespace synod::sim

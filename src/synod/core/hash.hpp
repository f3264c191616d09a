#pragma once

#include <cstdint>

#include "synod/core/ballot.hpp"
#include "synod/core/bytes.hpp"
#include "synod/core/ids.hpp"

namespace synod {

// Folds a role's state, in a canonical order, into 64 bits: states that compare equal hash equal, on
// every machine, whatever history led to them.
class StateHash {
public:
    void add(std::uint64_t word) noexcept { state_ = mix(state_ ^ word) + kGolden; }
    void add(Bytes bytes) noexcept {
        add(bytes.size());
        for (; bytes.size() >= 8; bytes = bytes.subspan(8))
            add(load<std::uint64_t>(bytes.data()));
        std::uint64_t tail = 0;
        for (const std::byte b : bytes)
            tail = tail << 8 | static_cast<std::uint64_t>(b);
        add(tail);
    }
    template <typename Tag, typename Rep>
    void add(StrongId<Tag, Rep> id) noexcept {
        add(static_cast<std::uint64_t>(id.value()));
    }
    void add(const Ballot& ballot) noexcept {
        add(ballot.round);
        add(ballot.proposer);
        add(ballot.incarnation);
    }
    [[nodiscard]] std::uint64_t value() const noexcept { return state_; }

private:
    static constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15;
    static constexpr std::uint64_t mix(std::uint64_t x) noexcept {
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }
    std::uint64_t state_ = kGolden;
};

}  // namespace synod

#pragma once

#include <cstdint>
#include <vector>

#include "synod/core/bytes.hpp"
#include "synod/core/ids.hpp"

namespace synod::sim {

// What clients submit: value n of a session is always the same bytes, so that nobody need remember them. Many
// are empty or equal to others; some are larger than a batch.
class ValueMaker {
public:
    explicit ValueMaker(std::uint32_t batch_bytes) : batch_bytes_(batch_bytes) {}

    // Every value of just so many bytes, and no two alike, until told otherwise.
    void set_size(std::uint32_t bytes) noexcept { fixed_bytes_ = bytes; }
    void make(SessionId session, std::uint64_t number, std::vector<std::byte>& value) const;

private:
    [[nodiscard]] std::size_t size_of(std::uint64_t kind, std::uint64_t draw) const noexcept;

    std::uint32_t batch_bytes_;
    std::uint32_t fixed_bytes_ = 0;  // 0: of mixed sizes
};

}  // namespace synod::sim

#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace synod::wire {

// Where encoded datagrams stand until they are sent: memory that is taken piece by piece, never moves,
// and is all given back at once. Allocates only while it grows beyond what it ever held.
class Scratch {
public:
    // Room for `bytes`, at the end of what was kept. REQUIRES: bytes <= kDatagramBytesMax.
    [[nodiscard]] std::byte* reserve(std::size_t bytes);
    // The first `bytes` of what reserve() returned last are in use, up to clear().
    void keep(std::size_t bytes) noexcept { used_ += bytes; }
    void clear() noexcept { chunk_ = used_ = 0; }
    // About how much is in use: whole chunks, but for the last.
    [[nodiscard]] std::size_t used_bytes() const noexcept { return chunk_ * kChunkBytes + used_; }

private:
    static constexpr std::size_t kChunkBytes = std::size_t{128} << 10;

    std::vector<std::unique_ptr<std::byte[]>> chunks_;
    std::size_t chunk_ = 0;  // the one being filled
    std::size_t used_ = 0;   // of it
};

}  // namespace synod::wire

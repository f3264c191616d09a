#pragma once

#include <cstdint>
#include <vector>

#include "synod/core/bytes.hpp"

namespace synod {

// Where roles keep the values of instances: chunks of memory, filled from front to back and used again
// when everything in them has been released. Values come and go in nearly the same order, so little is
// held up; memory rewritten in place costs a fifth of fresh memory.
class PayloadArena {
public:
    // Names a stored byte string. The empty one needs no memory.
    struct Handle {
        std::uint32_t chunk = 0;
        std::uint32_t offset = 0;
        std::uint32_t size = 0;
    };

    // REQUIRES: no string to store is larger than chunk_bytes.
    explicit PayloadArena(std::uint32_t chunk_bytes) : chunk_bytes_(chunk_bytes) {}

    Handle store(Bytes payload);
    void release(Handle handle);
    [[nodiscard]] Bytes view(Handle handle) const noexcept {
        return handle.size == 0 ? Bytes{}
                                : Bytes{chunks_[handle.chunk].memory}.subspan(handle.offset, handle.size);
    }

    [[nodiscard]] std::uint64_t live_bytes() const noexcept { return live_bytes_; }
    // Memory in chunks that hold anything, and in all chunks.
    [[nodiscard]] std::uint64_t used_bytes() const noexcept {
        return std::uint64_t{chunk_bytes_} * (chunks_.size() - free_.size());
    }
    [[nodiscard]] std::uint64_t reserved_bytes() const noexcept {
        return std::uint64_t{chunk_bytes_} * chunks_.size();
    }

private:
    struct Chunk {
        std::vector<std::byte> memory;
        std::uint32_t filled = 0;
        std::uint32_t live = 0;  // bytes stored and not released
    };
    void start_chunk();

    std::uint32_t chunk_bytes_;
    std::vector<Chunk> chunks_;
    std::vector<std::uint32_t> free_;
    std::uint32_t current_ = 0;  // where store() appends; meaningless while there are no chunks
    std::uint64_t live_bytes_ = 0;
};

}  // namespace synod

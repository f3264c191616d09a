#include "synod/core/payload_arena.hpp"

#include <cstring>

#include "synod/core/check.hpp"

namespace synod {

PayloadArena::Handle PayloadArena::store(Bytes payload) {
    if (payload.empty()) return {};
    SYNOD_CHECK(payload.size() <= chunk_bytes_);
    const auto size = static_cast<std::uint32_t>(payload.size());
    if (chunks_.empty() || chunks_[current_].filled + size > chunk_bytes_) start_chunk();

    Chunk& chunk = chunks_[current_];
    std::memcpy(chunk.memory.data() + chunk.filled, payload.data(), size);
    const Handle handle{current_, chunk.filled, size};
    chunk.filled += size;
    chunk.live += size;
    live_bytes_ += size;
    return handle;
}

void PayloadArena::release(Handle handle) {
    if (handle.size == 0) return;
    Chunk& chunk = chunks_[handle.chunk];
    SYNOD_CHECK(chunk.live >= handle.size);
    chunk.live -= handle.size;
    live_bytes_ -= handle.size;
    if (chunk.live != 0) return;
    chunk.filled = 0;
    if (handle.chunk != current_) free_.push_back(handle.chunk);
}

void PayloadArena::start_chunk() {
    if (!chunks_.empty() && chunks_[current_].live == 0) {
        chunks_[current_].filled = 0;
        return;
    }
    if (free_.empty()) {
        current_ = static_cast<std::uint32_t>(chunks_.size());
        chunks_.emplace_back().memory.resize(chunk_bytes_);
    } else {
        current_ = free_.back();
        free_.pop_back();
    }
}

}  // namespace synod

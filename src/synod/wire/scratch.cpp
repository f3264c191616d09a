#include "synod/wire/scratch.hpp"

#include "synod/core/check.hpp"
#include "synod/wire/sizes.hpp"

namespace synod::wire {

std::byte* Scratch::reserve(std::size_t bytes) {
    static_assert(kChunkBytes >= kDatagramBytesMax && kChunkBytes >= kHeadBytesMax);
    SYNOD_CHECK(bytes <= kDatagramBytesMax);
    if (chunk_ < chunks_.size() && kChunkBytes - used_ < bytes) {
        ++chunk_;
        used_ = 0;
    }
    if (chunk_ == chunks_.size()) chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(kChunkBytes));
    return chunks_[chunk_].get() + used_;
}

}  // namespace synod::wire

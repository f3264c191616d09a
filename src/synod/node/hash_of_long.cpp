#include "synod/node/hash_of_long.hpp"

#include <xxhash.h>
#ifdef __x86_64__
#include <xxh_x86dispatch.h>  // makes XXH3_64bits_withSeed choose
#endif

namespace synod::node {

std::uint64_t hash_of_long(Bytes bytes, std::uint64_t seed) noexcept {
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

}  // namespace synod::node

#include "synod/node/random_bits.hpp"

#include <sys/random.h>

#include <cerrno>
#include <system_error>

namespace synod::node {

std::uint64_t random_bits() {
    std::uint64_t bits = 0;
    if (::getrandom(&bits, sizeof bits, 0) != sizeof bits)
        throw std::system_error(errno, std::generic_category(), "getrandom");
    return bits;
}

}  // namespace synod::node

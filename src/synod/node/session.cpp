#include "synod/node/session.hpp"

#include "synod/node/random_bits.hpp"

namespace synod::node {

SessionId random_session(std::uint16_t client) {
    return {random_bits(), (random_bits() & ~std::uint64_t{0xffff}) | client};
}

}  // namespace synod::node

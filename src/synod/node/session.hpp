#pragma once

#include <cstdint>

#include "synod/core/ids.hpp"

namespace synod::node {

// A session for a client to begin, at random but for the client's id, which learners find in it. Throws
// std::system_error.
[[nodiscard]] SessionId random_session(std::uint16_t client);

[[nodiscard]] constexpr std::uint16_t client_of(SessionId session) noexcept {
    return static_cast<std::uint16_t>(session.low);
}

}  // namespace synod::node

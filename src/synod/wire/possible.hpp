#pragma once

#include <cstdint>

#include "synod/core/message.hpp"

namespace synod::wire {

// Whether a correct process may have sent this: the sender has a role that sends such messages, and the
// fields are what the protocol allows. Acceptors are 1..acceptors_max.
[[nodiscard]] bool possible(const Sender& sender, const Message& message, std::uint16_t acceptors_max);

}  // namespace synod::wire

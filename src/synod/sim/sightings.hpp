#pragma once

#include "synod/core/message.hpp"
#include "synod/sim/coverage.hpp"

namespace synod::sim {

// Who sends, as far as it matters to the branches that a message gives away.
struct Speaker {
    Role role = Role::client;
    bool observer = false;
    bool late = false;  // a learner that has delivered nothing yet, while others have
};

// Whether count_sent() wants to see messages of this type.
[[nodiscard]] bool gives_away_branches(std::uint8_t type) noexcept;

// Counts the branches of the protocol that a message, sent, gives away.
void count_sent(const Speaker& speaker, Destination to, const Message& message, Coverage& coverage);

}  // namespace synod::sim

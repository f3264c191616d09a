#pragma once

#include <vector>

#include "synod/trace/event.hpp"

namespace synod::trace {

// Puts together what the processes of a run have written, each for itself and in its order, by one clock: one
// trace, which begins at time 0, numbers the messages from 1, and says where a quorum of the acceptors became
// whole.
[[nodiscard]] std::vector<Event> merged(std::vector<std::vector<Event>> traces, unsigned acceptors);

// Leaves out messages that say nothing new, and their arrivals.
[[nodiscard]] std::vector<Event> without_chatter(const std::vector<Event>& events);

// So many events from `begin` on; and before them how each process stands there, all at that moment.
[[nodiscard]] std::vector<Event> window(const std::vector<Event>& events, std::size_t begin,
                                        std::size_t count);

}  // namespace synod::trace

#pragma once

#include <string>
#include <vector>

#include "synod/core/message.hpp"
#include "synod/trace/event.hpp"

namespace synod::trace {

// A value as people read it: its text, or the beginning of that; how long it is, if it is no text.
[[nodiscard]] std::string shown(Bytes value);
// The values in a batch; none in a no-op. A part of a larger value is shown as that.
[[nodiscard]] std::vector<std::string> values_in(Bytes batch);

// Fills in what an event says of a message's content.
void describe(const Message& message, Event& event);

}  // namespace synod::trace

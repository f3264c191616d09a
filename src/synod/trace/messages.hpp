#pragma once

#include <map>
#include <vector>

#include "synod/trace/event.hpp"

namespace synod::trace {

// Finds the sending of a message by its number: what is received or lost does not repeat it.
class Messages {
public:
    // `events` must outlive it.
    explicit Messages(const std::vector<Event>& events) {
        for (const Event& event : events) {
            if (event.kind == Kind::sent) sent_[event.message] = &event;
        }
    }
    // Null when there is none: it is older than the trace.
    [[nodiscard]] const Event* find(std::uint64_t message) const {
        const auto at = sent_.find(message);
        return at == sent_.end() ? nullptr : at->second;
    }

private:
    std::map<std::uint64_t, const Event*> sent_;
};

}  // namespace synod::trace

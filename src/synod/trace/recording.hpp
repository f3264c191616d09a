#pragma once

#include <utility>
#include <vector>

#include "synod/trace/event.hpp"

namespace synod::trace {

// Keeps what happens: all of it, or, of a long history, the end.
class Recording final : public Sink {
public:
    explicit Recording(std::size_t events_max = ~std::size_t{0}) : events_max_(events_max) {}

    void add(Event event) override {
        // Twice what is wanted, so that the old half is moved out once, not an event at a time.
        if (events_.size() / 2 >= events_max_) {
            events_.erase(events_.begin(), events_.end() - static_cast<std::ptrdiff_t>(events_max_));
            complete_ = false;
        }
        events_.push_back(std::move(event));
    }
    [[nodiscard]] const std::vector<Event>& events() const noexcept { return events_; }
    // False when the beginning was dropped.
    [[nodiscard]] bool is_complete() const noexcept { return complete_; }

private:
    std::size_t events_max_;
    std::vector<Event> events_;
    bool complete_ = true;
};

}  // namespace synod::trace

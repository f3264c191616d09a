#include "synod/sim/event_queue.hpp"

#include <algorithm>

namespace synod::sim {

void EventQueue::add(Time at, Event arrival) {
    const Arrival planned{{at, number_++}, arrival};
    std::size_t k = heap_.size();
    heap_.push_back(planned);
    while (k > 0) {
        const std::size_t parent = (k - 1) / kChildren;
        if (!planned.before(heap_[parent])) break;
        heap_[k] = heap_[parent];
        k = parent;
    }
    heap_[k] = planned;
}

void EventQueue::wake(std::uint8_t process, Time at) noexcept {
    const Planned planned{at, number_++};
    const bool delayed = process == first_ && wakes_[process].before(planned);
    wakes_[process] = planned;
    if (delayed) return find_first();
    if (planned.before(wakes_[first_])) first_ = process;
}

void EventQueue::find_first() noexcept {
    std::size_t first = 0;
    for (std::size_t k = 1; k < wakes_.size(); ++k) {
        if (wakes_[k].before(wakes_[first])) first = k;
    }
    first_ = first;
}

Event EventQueue::pop() {
    if (!heap_.empty() && heap_.front().before(wakes_[first_])) return pop_arrival();
    const Event step{.kind = Event::Kind::wake, .process = static_cast<std::uint8_t>(first_)};
    wake(step.process, kNever);
    return step;
}

Event EventQueue::pop_arrival() {
    const Event first = heap_.front().event;
    const Arrival last = heap_.back();
    heap_.pop_back();
    if (heap_.empty()) return first;
    std::size_t k = 0;
    for (;;) {
        const std::size_t child = k * kChildren + 1;
        if (child >= heap_.size()) break;
        std::size_t least = child;
        const std::size_t end = std::min(child + kChildren, heap_.size());
        for (std::size_t c = child + 1; c < end; ++c) {
            if (heap_[c].before(heap_[least])) least = c;
        }
        if (!heap_[least].before(last)) break;
        heap_[k] = heap_[least];
        k = least;
    }
    heap_[k] = last;
    return first;
}

}  // namespace synod::sim

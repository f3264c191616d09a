#include "synod/sim/event_queue.hpp"

#include <algorithm>

namespace synod::sim {

void EventQueue::add(Time at, Event event) {
    const Planned planned{at, number_++, event};
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

Event EventQueue::pop() {
    const Event first = heap_.front().event;
    const Planned last = heap_.back();
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

#include "synod/net/faulty_arrival.hpp"

#include <algorithm>
#include <utility>

namespace synod::net {

unsigned FaultyArrival::admit(std::uint64_t sender, std::uint64_t number, std::span<const std::byte> datagram,
                              Address from, std::uint64_t now_ns) {
    ++arrivals_;
    const Fate fate = faults_.decide(sender, number);
    if (fate.drop) {
        ++counters_.dropped;
        return 0;
    }
    counters_.repeated += fate.copies - 1;
    if (fate.delay == 0) return fate.copies;
    ++counters_.reordered;
    hold(datagram, from, fate, now_ns);
    return 0;
}

void FaultyArrival::hold(std::span<const std::byte> datagram, Address from, const Fate& fate,
                         std::uint64_t now_ns) {
    Held held;
    if (!spare_.empty()) {
        held = std::move(spare_.back());
        spare_.pop_back();
    }
    held.bytes.assign(datagram.begin(), datagram.end());
    held.from = from;
    held.copies = fate.copies;
    held.due_at_arrival = arrivals_ + fate.delay;
    held.due_at_ns = now_ns + kHoldNsMax;
    held_.push_back(std::move(held));
}

const FaultyArrival::Held* FaultyArrival::take_due(std::uint64_t now_ns) {
    const auto due = std::find_if(held_.begin(), held_.end(), [&](const Held& held) {
        return held.due_at_arrival <= arrivals_ || held.due_at_ns <= now_ns;
    });
    if (due == held_.end()) return nullptr;
    spare_.push_back(std::exchange(released_, std::move(*due)));
    held_.erase(due);
    return &released_;
}

std::uint64_t FaultyArrival::deadline_ns() const noexcept {
    std::uint64_t deadline = kNever;
    for (const Held& held : held_)
        deadline = std::min(deadline, held.due_at_ns);
    return deadline;
}

}  // namespace synod::net

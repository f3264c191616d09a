#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "synod/core/time.hpp"

namespace synod::sim {

// Something that happens to a process at a time.
struct Event {
    enum class Kind : std::uint8_t { arrival, wake };
    Kind kind = Kind::arrival;
    std::uint8_t process = 0;
    std::uint16_t life = 0;      // of the process that a datagram is meant for; 0: for whichever lives then
    std::uint32_t datagram = 0;  // that arrives
};

// What is yet to happen, earliest first, and of one time in the order in which it was planned.
//
// Most of what a process plans is planned anew before it happens, so each has one step planned at most, and
// the next one is looked for among the few there are. Datagrams are in a heap with four children a node,
// which is flatter, and so faster, than one with two.
class EventQueue {
public:
    explicit EventQueue(std::size_t processes) : wakes_(processes) {}
    // There is one process more.
    void add_process() { wakes_.emplace_back(); }

    // A datagram arrives.
    void add(Time at, Event arrival);
    // The process's next step is to be at this time, and not when it was to be before.
    void wake(std::uint8_t process, Time at) noexcept;
    [[nodiscard]] Time wake_at(std::uint8_t process) const noexcept { return wakes_[process].at; }

    // kNever when nothing is.
    [[nodiscard]] Time next_at() const noexcept {
        return heap_.empty() ? wakes_[first_].at : std::min(heap_.front().at, wakes_[first_].at);
    }
    // REQUIRES: next_at() is not kNever.
    Event pop();

private:
    struct Planned {
        Time at = kNever;
        std::uint64_t number = 0;
        [[nodiscard]] bool before(const Planned& other) const noexcept {
            return at != other.at ? at < other.at : number < other.number;
        }
    };
    struct Arrival : Planned {
        Event event;
    };
    static constexpr std::size_t kChildren = 4;

    Event pop_arrival();
    void find_first() noexcept;

    std::vector<Arrival> heap_;
    std::vector<Planned> wakes_;  // by process
    std::size_t first_ = 0;       // of these
    std::uint64_t number_ = 0;
};

}  // namespace synod::sim

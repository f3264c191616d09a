#pragma once

#include <cstdint>
#include <vector>

#include "synod/core/time.hpp"

namespace synod::sim {

// Something that happens to a process at a time.
struct Event {
    enum class Kind : std::uint8_t { arrival, wake };
    Kind kind = Kind::arrival;
    std::uint8_t process = 0;
    std::uint16_t life = 0;  // of the process that it is meant for; 0: for whichever lives then
    std::uint32_t datagram = 0;
};

// What is yet to happen, earliest first, and of one time in the order in which it was planned: a heap with
// four children a node, which is flatter, and so faster, than one with two.
class EventQueue {
public:
    void add(Time at, Event event);
    [[nodiscard]] bool empty() const noexcept { return heap_.empty(); }
    [[nodiscard]] Time next_at() const noexcept { return heap_.empty() ? kNever : heap_.front().at; }
    // REQUIRES: !empty().
    Event pop();

private:
    struct Planned {
        Time at;
        std::uint64_t number = 0;
        Event event;
        [[nodiscard]] bool before(const Planned& other) const noexcept {
            return at != other.at ? at < other.at : number < other.number;
        }
    };
    static constexpr std::size_t kChildren = 4;

    std::vector<Planned> heap_;
    std::uint64_t number_ = 0;
};

}  // namespace synod::sim

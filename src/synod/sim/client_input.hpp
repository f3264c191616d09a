#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "synod/core/client.hpp"
#include "synod/sim/surroundings.hpp"

namespace synod::sim {

// What a simulated client is told to write, in one of its lives. Times are those of its clock.
class ClientInput {
public:
    // So many values more, one every `interval`.
    void add(std::uint64_t values, Duration interval, Time now);
    // This value, before any others.
    void add(Bytes value, Time now);
    // The rest as fast as it is taken.
    void hurry(Time now);

    // Writes what is due and taken; true when that was anything.
    bool pump(Client& client, std::uint8_t process, Surroundings& world, Time now);

    // When it can go on with a client that has room.
    [[nodiscard]] Time next_at() const noexcept { return left_ == 0 ? kNever : in_value_ ? Time{} : due_; }
    [[nodiscard]] bool empty() const noexcept { return left_ == 0; }

private:
    void begin_value(SessionId session, std::uint8_t process, Surroundings& world);

    std::uint64_t left_ = 0;
    std::deque<std::vector<std::byte>> given_;  // of these, the first
    std::uint64_t number_ = 0;
    Duration interval_;
    Time due_;
    std::vector<std::byte> value_;  // being written
    std::size_t written_ = 0;
    bool in_value_ = false;
};

}  // namespace synod::sim

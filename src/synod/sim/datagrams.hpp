#pragma once

#include <cstdint>
#include <vector>

#include "synod/core/ballot.hpp"
#include "synod/core/bytes.hpp"
#include "synod/core/endpoint.hpp"

namespace synod::sim {

// What a 2A proposes, as the oracles remember it.
struct Proposal {
    InstanceId instance;
    Ballot ballot;
    std::uint64_t value = 0;  // a hash of it
};

struct Datagram {
    std::vector<std::byte> bytes;
    Endpoint from;
    std::uint8_t type = 0;     // its message's place in the list of messages, from 1; 0: damaged
    Proposal proposal;         // of a 2A
    std::uint64_t number = 0;  // in the trace; 0: not in it
    std::uint32_t copies = 0;  // how many are still under way or waiting to be read
};

// The datagrams under way, each stored once however many receive it; their memory is used again.
class Datagrams {
public:
    // An empty one, held once.
    std::uint32_t make();
    [[nodiscard]] Datagram& operator[](std::uint32_t id) noexcept { return all_[id]; }
    void hold(std::uint32_t id) noexcept { ++all_[id].copies; }
    void release(std::uint32_t id) {
        if (--all_[id].copies == 0) free_.push_back(id);
    }

private:
    std::vector<Datagram> all_;
    std::vector<std::uint32_t> free_;
};

}  // namespace synod::sim

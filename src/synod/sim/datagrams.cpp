#include "synod/sim/datagrams.hpp"

namespace synod::sim {

std::uint32_t Datagrams::make() {
    if (free_.empty()) {
        all_.emplace_back();
        free_.push_back(static_cast<std::uint32_t>(all_.size() - 1));
    }
    const std::uint32_t id = free_.back();
    free_.pop_back();
    Datagram& datagram = all_[id];
    datagram.bytes.clear();
    datagram.number = 0;
    datagram.copies = 1;
    return id;
}

}  // namespace synod::sim

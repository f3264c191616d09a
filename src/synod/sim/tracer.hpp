#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "synod/sim/datagrams.hpp"
#include "synod/trace/role_watch.hpp"

namespace synod::sim {

// Writes down what happens in a world, if somebody wants to know; else it costs nothing, and either way it
// changes nothing. The world's processes are known to it by their places.
class Tracer {
public:
    // Null: nobody wants to know.
    explicit Tracer(trace::Sink* sink) : sink_(sink) {}

    [[nodiscard]] explicit operator bool() const noexcept { return sink_ != nullptr; }

    // A process is made, the next one.
    void add(trace::Who who) {
        names_.push_back(who);
        if (sink_ != nullptr) watches_.emplace_back(who, *sink_);
    }
    // REQUIRES, here and below: somebody wants to know.
    [[nodiscard]] trace::RoleWatch& at(std::uint8_t process) { return watches_[process]; }
    // The datagram gets its number.
    void sent(std::uint8_t from, Destination to, const Message& message, Datagram& datagram, Time now);
    void received(std::uint8_t process, const Datagram& datagram, Time now);
    void lost(std::uint8_t process, const Datagram& datagram, Time now, const char* why,
              bool in_vain = false);
    void note(std::string text, Time now);
    // Null: it cannot be laid at the door of one process.
    void violation(const std::uint8_t* process, std::string text, Time now);
    void link(trace::Kind kind, std::uint8_t from, std::uint8_t to, Time now);

private:
    [[nodiscard]] trace::Who sender(const Datagram& datagram) const {
        return names_[datagram.from.address - 1];
    }

    trace::Sink* sink_;
    std::vector<trace::Who> names_;
    std::vector<trace::RoleWatch> watches_;
    std::uint64_t messages_ = 0;
};

}  // namespace synod::sim

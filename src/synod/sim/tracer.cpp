#include "synod/sim/tracer.hpp"

#include <utility>

namespace synod::sim {

void Tracer::sent(std::uint8_t from, Destination to, const Message& message, Datagram& datagram, Time now) {
    datagram.number = ++messages_;
    const std::uint32_t address = to.endpoint.address;
    const bool known = !to.is_group() && address >= 1 && address <= names_.size();
    watches_[from].sent(message, to, known ? std::optional(names_[address - 1]) : std::nullopt,
                        datagram.number, now);
}

void Tracer::received(std::uint8_t process, const Datagram& datagram, Time now) {
    if (datagram.number != 0) watches_[process].received(datagram.number, sender(datagram), now);
}

void Tracer::lost(std::uint8_t process, const Datagram& datagram, Time now, const char* why, bool in_vain) {
    if (datagram.number != 0) watches_[process].lost(datagram.number, sender(datagram), now, why, in_vain);
}

void Tracer::note(std::string text, Time now) {
    trace::Event event;
    event.at = now;
    event.text = std::move(text);
    sink_->add(std::move(event));
}

void Tracer::violation(const std::uint8_t* process, std::string text, Time now) {
    trace::Event event;
    event.at = now;
    event.kind = trace::Kind::violation;
    if (process != nullptr) event.process = names_[*process];
    event.text = std::move(text);
    sink_->add(std::move(event));
}

void Tracer::link(trace::Kind kind, std::uint8_t from, std::uint8_t to, Time now) {
    trace::Event event;
    event.at = now;
    event.kind = kind;
    event.process = names_[from];
    event.peer = names_[to];
    sink_->add(std::move(event));
}

}  // namespace synod::sim

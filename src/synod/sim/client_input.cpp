#include "synod/sim/client_input.hpp"

namespace synod::sim {

void ClientInput::add(std::uint64_t values, Duration interval, Time now) {
    if (left_ == 0) due_ = now;
    left_ += values;
    interval_ = interval;
}

void ClientInput::add(Bytes value, Time now) {
    given_.emplace_back(value.begin(), value.end());
    add(1, {}, now);
}

void ClientInput::hurry(Time now) {
    interval_ = {};
    due_ = now;
}

bool ClientInput::pump(Client& client, std::uint8_t process, Surroundings& world, Time now) {
    bool wrote = false;
    while (left_ > 0 && client.has_room() && (in_value_ || now >= due_)) {
        if (!in_value_) begin_value(client.session(), process, world);
        const auto written = client.write(Bytes{value_}.subspan(written_), true, now);
        written_ += written.bytes;
        wrote = true;
        if (!written.all) break;
        in_value_ = false;
        ++number_;
        --left_;
        due_ = due_ + interval_;
    }
    return wrote;
}

void ClientInput::begin_value(SessionId session, std::uint8_t process, Surroundings& world) {
    if (given_.empty()) {
        world.values.make(session, number_, value_);
    } else {
        value_ = std::move(given_.front());
        given_.pop_front();
    }
    world.deliveries.writing(session, value_, world.now);
    if (world.tracer) world.tracer.at(process).submitted(value_, world.now);
    written_ = 0;
    in_value_ = true;
}

}  // namespace synod::sim

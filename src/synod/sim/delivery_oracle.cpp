#include "synod/sim/delivery_oracle.hpp"

#include <string>

#include "synod/sim/hashing.hpp"
#include "synod/sim/violation.hpp"

namespace synod::sim {

namespace {

std::string place(std::uint8_t process, InstanceId instance) {
    return "instance " + std::to_string(instance.value()) + " at process " + std::to_string(process);
}

}  // namespace

void DeliveryOracle::writing(SessionId session, Bytes value, Time now) {
    sessions_[session].written.push_back({hash_of(value), now});
}

void DeliveryOracle::delivered(std::uint8_t process, InstanceId instance, Bytes batch, Time now) {
    InstanceId& next = next_[process];
    if (instance != next) {
        throw Violation("a gap: " + place(process, instance) + " instead of " + std::to_string(next.value()));
    }
    next = next.next();
    const std::uint64_t hash = hash_of(batch);
    if (acceptors_.chosen(instance) != hash)
        throw Violation("delivered but not chosen: " + place(process, instance));
    if (instance.value() < log_.size()) {
        if (log_[instance.value()] != hash) throw Violation("two orders: " + place(process, instance));
        return;
    }
    log_.push_back(hash);
    count_repeats(batch);
    delivery_.deliver(batch, [&](SessionId session, Bytes value) { deliver_value(session, value, now); });
}

void DeliveryOracle::check_sessions(std::uint8_t process, InstanceId below, const Sessions& sessions) const {
    if (below != furthest() || sessions == delivery_.sessions()) return;
    throw Violation("another table of sessions: " + place(process, below));
}

void DeliveryOracle::deliver_value(SessionId id, Bytes value, Time now) {
    Session& session = sessions_[id];
    const std::uint64_t number = session.delivered++;
    const auto fail = [&](const char* text) {
        throw Violation("value " + std::to_string(number) + " of session " + std::to_string(id.low) + text);
    };
    if (number >= session.written.size()) fail(" was never written");
    const Written& written = session.written[number];
    if (written.value != hash_of(value)) fail(" is another one than was written");
    ++values_delivered_;
    if (value.size() > batch_bytes_) counts_.count(Branch::split_value);
    latencies_.push_back(now.since(written.at));
}

void DeliveryOracle::count_repeats(Bytes batch) {
    RunReader reader(batch);
    while (const auto run = reader.next()) {
        if (run->first() < delivery_.sessions().next(run->session())) counts_.count(Branch::repeat_decided);
    }
}

std::uint64_t DeliveryOracle::values_delivered(SessionId session) const noexcept {
    const auto at = sessions_.find(session);
    return at == sessions_.end() ? 0 : at->second.delivered;
}

}  // namespace synod::sim

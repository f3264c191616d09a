#include "synod/core/flow_control.hpp"

#include <algorithm>

namespace synod {

namespace {
constexpr std::uint64_t kRemembered = 1 << 16;    // instances
constexpr std::uint64_t kDatagramOverhead = 512;  // what a datagram costs a receive buffer beyond its bytes
}  // namespace

void FlowControl::begin(InstanceId next) {
    *this = FlowControl(options_);
    sent_before_.drop_below(next);
}

void FlowControl::sent(InstanceId instance, std::size_t bytes) {
    sent_before_.at(instance) = sent_bytes_;
    sent_bytes_ += bytes + kDatagramOverhead;
    if (instance.value() > kRemembered) sent_before_.drop_below(InstanceId{instance.value() - kRemembered});
}

std::uint64_t FlowControl::bytes_below(InstanceId i) const noexcept {
    if (i >= sent_before_.end()) return sent_bytes_;
    const std::uint64_t* before = sent_before_.find(i);
    return before == nullptr ? 0 : *before;
}

void FlowControl::heard(Role role, std::uint16_t id, InstanceId seen_below, std::uint32_t window_bytes,
                        Time now) {
    Receiver& receiver = receivers_[{role, id}];
    const bool kept_up = receiver.keeps_up && !is_silent(receiver, now);
    receiver.seen_bytes = std::max(receiver.seen_bytes, bytes_below(seen_below));
    receiver.window_bytes = window_bytes;
    receiver.heard = now;
    receiver.keeps_up = kept_up || !is_full(receiver);
}

bool FlowControl::is_full(const Receiver& receiver) const noexcept {
    const std::uint64_t unseen = sent_bytes_ - receiver.seen_bytes;
    return unseen > 0 && unseen >= std::min(options_.window_bytes, receiver.window_bytes);
}

bool FlowControl::may_send(Time now) const noexcept {
    if (sent_bytes_ - decided_bytes_ >= options_.window_bytes) return false;
    return std::none_of(receivers_.begin(), receivers_.end(), [&](const auto& entry) {
        const Receiver& receiver = entry.second;
        return receiver.keeps_up && !is_silent(receiver, now) && is_full(receiver);
    });
}

}  // namespace synod

#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <utility>

#include "synod/core/endpoint.hpp"
#include "synod/core/ids.hpp"
#include "synod/core/instance_ring.hpp"
#include "synod/core/time.hpp"

namespace synod {

// How much a leader may have under way: never more than a window of bytes, neither undecided nor unseen by
// any acceptor or learner that keeps up, so that no receive buffer overflows. Who has been silent for long
// holds nobody back any more; it has to catch up, and counts again when less than a window is unseen by it.
class FlowControl {
public:
    struct Options {
        std::uint32_t window_bytes = 1 << 20;
        Duration in_touch = milliseconds(300);
    };
    explicit FlowControl(const Options& options) : options_(options) {}

    // A new reign, whose first instance is `next`.
    void begin(InstanceId next);
    // REQUIRES: instances come in order.
    void sent(InstanceId instance, std::size_t bytes);
    void decided(InstanceId below) noexcept { decided_bytes_ = bytes_below(below); }
    // An acceptor or learner has received what was sent before `seen_below`, or has lost it.
    void heard(Role role, std::uint16_t id, InstanceId seen_below, std::uint32_t window_bytes, Time now);

    [[nodiscard]] bool may_send(Time now) const noexcept;
    // Sent, and not decided.
    [[nodiscard]] std::uint64_t under_way_bytes() const noexcept { return sent_bytes_ - decided_bytes_; }
    [[nodiscard]] bool is_idle() const noexcept { return decided_bytes_ == sent_bytes_; }

    [[nodiscard]] auto state() const noexcept {
        return std::tie(sent_before_, sent_bytes_, decided_bytes_, receivers_);
    }
    friend bool operator==(const FlowControl& a, const FlowControl& b) { return a.state() == b.state(); }

private:
    struct Receiver {
        std::uint64_t seen_bytes = 0;
        std::uint32_t window_bytes = 0;
        Time heard;
        bool keeps_up = false;
        [[nodiscard]] auto state() const noexcept {
            return std::tie(seen_bytes, window_bytes, heard, keeps_up);
        }
        friend bool operator==(const Receiver&, const Receiver&) = default;
    };
    [[nodiscard]] bool is_silent(const Receiver& receiver, Time now) const noexcept {
        return now.since(receiver.heard) >= options_.in_touch;
    }
    [[nodiscard]] bool is_full(const Receiver& receiver) const noexcept;
    [[nodiscard]] std::uint64_t bytes_below(InstanceId i) const noexcept;

    Options options_;
    InstanceRing<std::uint64_t> sent_before_;  // bytes sent before each instance of late
    std::uint64_t sent_bytes_ = 0;
    std::uint64_t decided_bytes_ = 0;
    std::map<std::pair<Role, std::uint16_t>, Receiver> receivers_;
};

}  // namespace synod

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "synod/net/address.hpp"
#include "synod/net/fault_injection.hpp"

namespace synod::net {

struct FaultCounters {
    std::uint64_t dropped = 0;
    std::uint64_t repeated = 0;
    std::uint64_t reordered = 0;
};

// Lets datagrams arrive as fault injection has it. One that is reordered is copied and held until as many
// later ones have arrived as its fate says, or for kHoldNsMax when too few follow.
class FaultyArrival {
public:
    static constexpr std::uint64_t kHoldNsMax = 2'000'000;
    static constexpr std::uint64_t kNever = ~std::uint64_t{0};

    explicit FaultyArrival(FaultInjection faults) noexcept : faults_(faults) {}

    // Datagram `number` of `sender` has come in; `deliver(datagram, from)` is called for what arrives
    // now: it, if it is neither lost nor held, and then those held that were waiting for it. `sender`
    // and `number` name the datagram in all runs alike (an address does not).
    template <typename Deliver>
    void arrive(std::uint64_t sender, std::uint64_t number, std::span<const std::byte> datagram, Address from,
                std::uint64_t now_ns, Deliver&& deliver) {
        for (unsigned copies = admit(sender, number, datagram, from, now_ns); copies > 0; --copies) {
            deliver(datagram, from);
        }
        release_due(now_ns, deliver);
    }

    // Delivers what was held and is due: to be called when deadline_ns() has come.
    template <typename Deliver>
    void release_due(std::uint64_t now_ns, Deliver&& deliver) {
        while (const Held* held = take_due(now_ns)) {
            for (unsigned copies = held->copies; copies > 0; --copies) {
                deliver(std::span<const std::byte>(held->bytes), held->from);
            }
        }
    }

    // When a held datagram is due at the latest; kNever when none is held.
    [[nodiscard]] std::uint64_t deadline_ns() const noexcept;
    [[nodiscard]] const FaultCounters& counters() const noexcept { return counters_; }

private:
    struct Held {
        std::vector<std::byte> bytes;
        Address from;
        unsigned copies = 1;
        std::uint64_t due_at_arrival = 0;
        std::uint64_t due_at_ns = 0;
    };

    // How often the datagram is to be delivered now.
    unsigned admit(std::uint64_t sender, std::uint64_t number, std::span<const std::byte> datagram,
                   Address from, std::uint64_t now_ns);
    void hold(std::span<const std::byte> datagram, Address from, const Fate& fate, std::uint64_t now_ns);
    // The next one due, no longer held; stands until the next call.
    const Held* take_due(std::uint64_t now_ns);

    FaultInjection faults_;
    std::uint64_t arrivals_ = 0;
    std::vector<Held> held_;   // in order of arrival
    std::vector<Held> spare_;  // whose memory is used again
    Held released_;
    FaultCounters counters_;
};

}  // namespace synod::net

#pragma once

#include <cstddef>
#include <cstdint>

namespace synod::net {

// What becomes of a datagram at a receiver.
struct Fate {
    bool drop = false;
    unsigned copies = 1;  // how often it is received, when not dropped
    unsigned delay = 0;   // reordered: received only after this many later datagrams, at most kDelayMax

    static constexpr unsigned kDelayMax = 8;
    friend bool operator==(const Fate&, const Fate&) = default;
};

// Loses, repeats and reorders datagrams on purpose, each with its probability. A pure function of the
// seed, the receiver, the sender and the datagram's number: independent between receivers, as loss in
// real networks is, and the same for each run with the same seed.
class FaultInjection {
public:
    struct Rates {
        double loss = 0;
        double duplicate = 0;
        double reorder = 0;
    };

    FaultInjection() = default;  // no faults
    FaultInjection(Rates rates, std::uint64_t seed, std::uint64_t receiver) noexcept;

    [[nodiscard]] Fate decide(std::uint64_t sender, std::uint64_t number) const noexcept;
    [[nodiscard]] bool active() const noexcept {
        return rates_.loss > 0 || rates_.duplicate > 0 || rates_.reorder > 0;
    }

private:
    Rates rates_;
    std::uint64_t key_ = 0;  // seed and receiver, mixed
};

}  // namespace synod::net

#include "synod/net/fault_injection.hpp"

#include <xxhash.h>

namespace synod::net {

namespace {

// Every bit of the result depends on every bit of the argument.
std::uint64_t mix(std::uint64_t x) noexcept {
    return XXH3_64bits(&x, sizeof x);
}

// Draws for one datagram, one after the other.
class Draws {
public:
    explicit Draws(std::uint64_t key) noexcept : state_(key) {}

    std::uint64_t next() noexcept { return state_ = mix(state_); }
    bool with_probability(double p) noexcept {
        constexpr double kUnit = 1.0 / 9007199254740992.0;  // 2^-53
        return static_cast<double>(next() >> 11) * kUnit < p;
    }

private:
    std::uint64_t state_;
};

}  // namespace

FaultInjection::FaultInjection(Rates rates, std::uint64_t seed, std::uint64_t receiver) noexcept
    : rates_(rates), key_(mix(mix(seed) ^ receiver)) {}

Fate FaultInjection::decide(std::uint64_t sender, std::uint64_t number) const noexcept {
    Draws draws(mix(mix(key_ ^ sender) ^ number));
    Fate fate;
    fate.drop = draws.with_probability(rates_.loss);
    fate.copies = draws.with_probability(rates_.duplicate) ? 2 : 1;
    if (draws.with_probability(rates_.reorder)) {
        fate.delay = 1 + static_cast<unsigned>(draws.next() % Fate::kDelayMax);
    }
    return fate;
}

}  // namespace synod::net

#include "synod/node/failure.hpp"

#include <fmt/format.h>

#include "synod/net/address.hpp"
#include "synod/node/udp_transport.hpp"

namespace synod::node {

std::optional<std::string> taken(const host::Host& host, std::string_view who) {
    const auto& other = host.taken_by();
    if (!other) return std::nullopt;
    return fmt::format("{} is already running as process {} at {}; give this one another id", who, other->pid,
                       net::to_string(to_address(other->endpoint)));
}

std::optional<std::string> failure_of(host::Host& host, std::string_view who, Time now) {
    if (auto what = taken(host, who)) return what;
    const Learner* learner = host.role<Learner>();
    if (const auto forgotten = learner == nullptr ? std::nullopt : learner->forgotten(now)) {
        return fmt::format(
            "instance {} cannot be had any more: no acceptor in reach could give it. Start learners "
            "earlier, or give the acceptors a longer `history SIZE`",
            forgotten->value());
    }
    return std::nullopt;
}

}  // namespace synod::node

#include "synod/node/strangers.hpp"

#include <fmt/format.h>

#include <utility>

#include "synod/net/address.hpp"
#include "synod/node/udp_transport.hpp"

namespace synod::node {

// The decoder knows the last stranger: when both kinds have come since the last look, it may be of either.
std::optional<std::string> Strangers::look(const wire::Decoder& decoder) {
    const std::uint64_t of_run = decoder.refused().of(wire::Refusal::foreign_run);
    const std::uint64_t of_cluster = decoder.refused().of(wire::Refusal::foreign_cluster);
    const bool run = std::exchange(of_run_, of_run) != of_run;
    const bool cluster = std::exchange(of_cluster_, of_cluster) != of_cluster;
    if (run == cluster) return std::nullopt;
    const wire::Foreign& foreign = decoder.last_foreign();
    const std::string from = net::to_string(to_address(foreign.sender.endpoint));
    if (run && !std::exchange(run_said_, true)) {
        return fmt::format(
            "dropping datagrams from {}, which belong to another run of this cluster ({:x}): a process that "
            "was left over, or one with another `run N` in its configuration, or another --run",
            from, foreign.run);
    }
    if (cluster && clusters_ == Clusters::alone && !std::exchange(cluster_said_, true)) {
        return fmt::format(
            "dropping datagrams from {}, which belong to another cluster: the configuration must be the same "
            "at all, with the same sids and addresses",
            from);
    }
    return std::nullopt;
}

}  // namespace synod::node

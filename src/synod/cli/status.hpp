#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "synod/node/prober.hpp"
#include "synod/node/survey.hpp"

namespace synod::cli {

enum class ClusterHealth { healthy, degraded, no_majority };

// How a cluster is, as its processes say.
struct ClusterStatus {
    ClusterHealth health = ClusterHealth::healthy;
    std::vector<std::string> problems;    // why it is not healthy
    std::optional<std::uint16_t> leader;  // the proposer that leads in the highest ballot
    InstanceId decided_below;             // as far as anybody knows
    node::Answers answers;
};

// Those whose votes count, as people know them.
struct Voters {
    std::string_view what;
    std::string_view leader;  // what leads them
    std::vector<std::uint16_t> ids;
};
[[nodiscard]] Voters acceptors(unsigned count);
[[nodiscard]] Voters servers(const std::vector<std::uint16_t>& sids);

// `living`: processes on this host that should have answered.
[[nodiscard]] ClusterStatus judge(const node::Answers& answers, const std::vector<node::LivingRole>& living,
                                  const Voters& voters);

// What was seen of servers, which have all roles: `sids` are their ids for people, in the order of those that
// their roles have, which are 1 and on. All ids are people's in what comes of it. Reports under another id,
// which anybody can forge, are left out.
[[nodiscard]] node::Answers in_sids(const node::Answers& answers, const std::vector<std::uint16_t>& sids);
[[nodiscard]] std::vector<node::LivingRole> in_sids(const std::vector<node::LivingRole>& living,
                                                    const std::vector<std::uint16_t>& sids);

[[nodiscard]] std::string text_of(const ClusterStatus& status, bool colour);
[[nodiscard]] nlohmann::ordered_json json_of(const ClusterStatus& status);

}  // namespace synod::cli

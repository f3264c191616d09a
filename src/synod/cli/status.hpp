#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
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

// `living`: processes on this host that should have answered. `acceptors`: how many there are to be.
[[nodiscard]] ClusterStatus judge(const node::Answers& answers, const std::vector<node::LivingRole>& living,
                                  unsigned acceptors);

// The same of servers, which have all roles: `sids` are their ids for people, in the order of those that
// their roles have, which are 1 and on. All ids are people's in what comes of it. Reports under another id,
// which anybody can forge, do not count.
[[nodiscard]] ClusterStatus judge_servers(const node::Answers& answers,
                                          const std::vector<std::uint16_t>& sids);

[[nodiscard]] std::string text_of(const ClusterStatus& status, bool colour);
[[nodiscard]] nlohmann::ordered_json json_of(const ClusterStatus& status);

}  // namespace synod::cli

#include "synod/sim/plan.hpp"
#include "synod/sim/scenario_options.hpp"

namespace synod::sim {

namespace {

std::string number(std::uint64_t value) {
    return std::to_string(value);
}

}  // namespace

std::string text_of(const Plan& plan) {
    const ClusterOptions& cluster = plan.cluster;
    std::string text = "cluster " + number(cluster.acceptors) + " acceptors " + number(cluster.proposers) +
                       " proposers " + number(cluster.learners) + " learners " + number(cluster.clients) +
                       " clients\nseed " + number(cluster.seed) + "\n" + text_of_options(cluster) + "links " +
                       text_of(cluster.links) + "\n\n";
    Time now;
    for (const TimedDeed& timed : plan.deeds) {
        if (timed.at > now) text.append("run ").append(text_of(timed.at.since(now))).append("\n");
        now = timed.at;
        text.append(text_of(timed.deed)).append("\n");
    }
    return text + "run until settled within " + text_of(kHealBound) + "\nrun 300ms\n";
}

}  // namespace synod::sim

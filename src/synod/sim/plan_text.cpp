#include "synod/sim/plan.hpp"

namespace synod::sim {

namespace {

void option(std::string& text, const char* name, const std::string& value) {
    text.append("option ").append(name).append(value.empty() ? "" : " ").append(value).append("\n");
}

std::string number(std::uint64_t value) {
    return std::to_string(value);
}

// Only what is not as usual.
std::string options_of(const ClusterOptions& cluster) {
    const RoleSettings& roles = cluster.roles;
    const MachineSettings& machines = cluster.machines;
    const RoleSettings usual;
    const MachineSettings usual_machines;
    std::string text;
    const auto when = [&](bool unusual, const char* name, const std::string& value) {
        if (unusual) option(text, name, value);
    };
    when(!roles.direct_2b, "no-direct-2b", "");
    when(!roles.proactive_phase1, "no-proactive-phase1", "");
    when(roles.batch_values != usual.batch_values, "batch", number(roles.batch_values));
    when(roles.batch_bytes != usual.batch_bytes, "batch-bytes", number(roles.batch_bytes));
    when(roles.window_bytes != usual.window_bytes, "window", number(roles.window_bytes));
    when(roles.history_bytes != usual.history_bytes, "history", number(roles.history_bytes));
    when(roles.oracle != Oracle::none, "leader",
         std::string(kOracleNames[static_cast<std::size_t>(roles.oracle)]));
    when(roles.leader_ping != Duration{}, "leader-ping", text_of(roles.leader_ping));
    when(roles.leader_suspect != Duration{}, "leader-suspect", text_of(roles.leader_suspect));
    when(roles.stall != usual.stall, "stall", text_of(roles.stall));
    when(roles.log_bytes != usual.log_bytes, "log-bytes", number(roles.log_bytes));
    when(roles.log_instances != usual.log_instances, "log-instances", number(roles.log_instances));
    when(machines.receive_buffer_bytes != usual_machines.receive_buffer_bytes, "receive-buffer",
         number(machines.receive_buffer_bytes));
    when(machines.wake_latency != Duration{}, "wake-latency", text_of(machines.wake_latency));
    when(machines.datagram_cost != Duration{}, "datagram-cost", text_of(machines.datagram_cost));
    when(machines.drift_ppm_max != 0, "drift", number(machines.drift_ppm_max));
    when(cluster.value_bytes != 0, "value-bytes", number(cluster.value_bytes));
    return text;
}

}  // namespace

std::string text_of(const Plan& plan) {
    const ClusterOptions& cluster = plan.cluster;
    std::string text = "cluster " + number(cluster.acceptors) + " acceptors " + number(cluster.proposers) +
                       " proposers " + number(cluster.learners) + " learners " + number(cluster.clients) +
                       " clients\nseed " + number(cluster.seed) + "\n" + options_of(cluster) + "links " +
                       text_of(cluster.links) + "\n\n";
    Time now;
    for (const TimedDeed& timed : plan.deeds) {
        if (timed.at > now) text.append("run ").append(text_of(timed.at.since(now))).append("\n");
        now = timed.at;
        text.append(text_of(timed.deed)).append("\n");
    }
    return text + "run until delivered within 20s\nrun 300ms\n";
}

}  // namespace synod::sim

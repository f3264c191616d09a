#include <algorithm>
#include <array>

#include "synod/sim/plan.hpp"

namespace synod::sim {

namespace {

constexpr std::uint32_t kPpm = 10'000;  // in a percent

RoleSettings draw_roles(Random& random) {
    RoleSettings roles;
    roles.direct_2b = random.percent(80);
    roles.proactive_phase1 = random.percent(85);
    if (random.percent(40)) roles.batch_values = static_cast<std::uint32_t>(random.log_between(1, 16));
    roles.batch_bytes = static_cast<std::uint32_t>(random.log_between(256, 16 << 10));
    roles.window_bytes = static_cast<std::uint32_t>(random.log_between(64 << 10, 1 << 20));
    if (random.percent(25)) roles.history_bytes = random.log_between(64 << 10, 4 << 20);
    if (random.percent(25)) roles.log_bytes = random.log_between(4 << 20, 16 << 20);
    if (random.percent(25)) roles.log_instances = random.log_between(64, 4096);
    if (random.percent(40)) roles.turns = static_cast<std::uint32_t>(random.between(1, 2));
    return roles;
}

MachineSettings draw_machines(const RoleSettings& roles, Random& random) {
    MachineSettings machines;
    machines.wake_latency = random.between({}, microseconds(50));
    machines.datagram_cost = random.between({}, microseconds(3));
    machines.receive_buffer_bytes = 4 * std::uint64_t{roles.window_bytes};
    if (random.percent(30)) machines.receive_buffer_bytes /= 4;
    if (random.percent(50)) machines.drift_ppm_max = 1000;
    return machines;
}

LinkQuality draw_links(bool faulty, Random& random) {
    LinkQuality links;
    links.delay_min = {random.log_between(5'000, 2'000'000)};
    links.delay_max = links.delay_min * (1 + random.below(4));
    links.overtaken_max = {random.log_between(50'000, 1'000'000'000)};
    if (faulty) draw_mishaps(links, 1, random);
    return links;
}

Oracle draw_oracle(Random& random) {
    if (random.percent(40)) return Oracle::ble;
    constexpr std::array kOthers{Oracle::none, Oracle::lowest_id, Oracle::bully, Oracle::bully};
    return kOthers[random.below(kOthers.size())];
}

// Oracles whose own times are of seconds get shorter ones; the others do half of the time.
void draw_leader(RoleSettings& roles, Random& random) {
    roles.oracle = draw_oracle(random);
    const bool slow = roles.oracle == Oracle::lowest_id || roles.oracle == Oracle::bully;
    if (!slow && random.percent(50)) return;
    roles.leader_ping = {random.log_between(5'000'000, 200'000'000)};
    roles.leader_suspect = roles.leader_ping * random.between(2, 5);
}

// Proposers that lose patience soon: many reigns, and votes of many ballots for one instance.
void draw_haste(ClusterOptions& cluster, Random& random) {
    const Duration least = cluster.links.delay_max * 8 + milliseconds(4);
    RoleSettings& roles = cluster.roles;
    roles.leader_ping = least / 4;
    roles.leader_suspect = std::min(milliseconds(150), least * random.between(1, 8));
    roles.stall = roles.leader_suspect * random.between(2, 4);
}

// Acceptors that keep hardly anything, and say what became of it page by page.
void draw_forgetfulness(ClusterOptions& cluster, Random& random) {
    cluster.clients = static_cast<unsigned>(random.between(4, 8));
    cluster.roles.batch_bytes = static_cast<std::uint32_t>(random.log_between(256, 1024));
    cluster.roles.history_bytes = random.log_between(1 << 10, 128 << 10);
}

// Sockets that hold a few datagrams.
void draw_small_buffers(ClusterOptions& cluster, Random& random) {
    const auto bytes = static_cast<std::uint32_t>(random.log_between(8 << 10, 64 << 10));
    cluster.machines.receive_buffer_bytes = bytes;
    cluster.roles.window_bytes = bytes / 4;
    cluster.roles.batch_bytes = std::min(cluster.roles.batch_bytes, bytes / 16);
}

}  // namespace

void draw_mishaps(LinkQuality& links, std::uint32_t strength, Random& random) {
    const auto draw = [&](std::uint32_t percent_max) {
        const std::uint64_t bound = std::uint64_t{percent_max} * strength * kPpm;
        return random.percent(50) ? static_cast<std::uint32_t>(random.below(bound)) : 0;
    };
    links.loss_ppm = draw(30);
    links.duplicate_ppm = draw(20);
    links.reorder_ppm = draw(20);
    links.damage_ppm = draw(10);
}

ClusterOptions draw_cluster(std::uint64_t seed, bool faulty, Random& random) {
    ClusterOptions cluster;
    cluster.seed = seed;
    cluster.acceptors = static_cast<unsigned>(random.between(1, 7));
    cluster.proposers = static_cast<unsigned>(random.between(1, 4));
    cluster.learners = static_cast<unsigned>(random.between(1, 4));
    cluster.clients = static_cast<unsigned>(random.between(1, 8));
    if (random.percent(20)) cluster.value_bytes = static_cast<std::uint32_t>(random.log_between(1, 1024));
    cluster.roles = draw_roles(random);
    draw_leader(cluster.roles, random);
    cluster.machines = draw_machines(cluster.roles, random);
    cluster.links = draw_links(faulty, random);
    const bool forgetful = random.percent(25);
    if (forgetful) draw_forgetfulness(cluster, random);
    if (random.percent(forgetful ? 75 : 30)) draw_small_buffers(cluster, random);
    if (random.percent(50)) draw_haste(cluster, random);
    // By a chance of their own: without them a history is what it was before there were any.
    if (forgetful) cluster.roles.snapshots = Random(~seed).percent(50);
    return cluster;
}

}  // namespace synod::sim

#include "synod/sim/role_options.hpp"

#include <algorithm>

namespace synod::sim {

namespace {

GapRepair::Options repair_options(const RoleSettings& roles, std::uint64_t seed) {
    return {.budget_bytes = std::max(roles.window_bytes / 4, 2 * roles.batch_bytes), .seed = seed};
}

InstanceLog::Options log_options(const RoleSettings& roles) {
    return {.chunk_bytes = std::max<std::uint32_t>(64 << 10, roles.batch_bytes),
            .instances_max = roles.log_instances,
            .bytes_max = roles.log_bytes};
}

}  // namespace

Acceptor::Options acceptor_options(const ClusterOptions& options, std::uint16_t id, Incarnation incarnation,
                                   bool observer, std::uint64_t seed) {
    const RoleSettings& roles = options.roles;
    return {.id = AcceptorId{id},
            .incarnation = incarnation,
            .observer = observer,
            .direct_2b = roles.direct_2b,
            .history_bytes = roles.history_bytes,
            .snapshot_learners = roles.snapshots ? std::min(options.learners, kAcceptorsMax) : 0,
            .window_bytes = roles.window_bytes,
            .page_bytes_max = roles.batch_bytes,
            .repair = repair_options(roles, seed)};
}

Proposer::Options proposer_options(const ClusterOptions& options, std::uint16_t id, Incarnation incarnation,
                                   std::uint64_t seed) {
    const RoleSettings& roles = options.roles;
    return {.id = ProposerId{id},
            .incarnation = incarnation,
            .acceptors = options.acceptors,
            .direct_2b = roles.direct_2b,
            .proactive_phase1 = roles.proactive_phase1,
            .batch = {.bytes_max = roles.batch_bytes, .pieces_max = roles.batch_values},
            .admission = {.credit_total = roles.window_bytes,
                          .credit_max = roles.window_bytes,
                          .turns = {.places = roles.turns,
                                    .bytes = roles.window_bytes,
                                    .crowd_bytes = roles.window_bytes / 4}},
            .flow = {.window_bytes = roles.window_bytes},
            .leadership = {.oracle = roles.oracle,
                           .ping = roles.leader_ping,
                           .suspect = roles.leader_suspect,
                           .stall = roles.stall,
                           .seed = seed},
            .log = log_options(roles),
            .repair = repair_options(roles, seed + 1)};
}

Learner::Options learner_options(const ClusterOptions& options, std::uint16_t id, std::uint64_t seed) {
    return {.id = LearnerId{id},
            .acceptors = options.acceptors,
            .gives_snapshots = options.roles.snapshots,
            .window_bytes = options.roles.window_bytes,
            .log = log_options(options.roles),
            .repair = repair_options(options.roles, seed),
            .read_seed = seed};
}

Client::Options client_options(const ClusterOptions& options, SessionId session) {
    return {.session = session, .run_bytes_max = options.roles.batch_bytes};
}

}  // namespace synod::sim

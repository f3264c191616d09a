#include "synod/node/sizing.hpp"

#include <algorithm>

#include "synod/node/random_bits.hpp"
#include "synod/node/session.hpp"
#include "synod/wire/sizes.hpp"

namespace synod::node {

namespace {

// Two of the larger ones, or four of the smaller, go through the kernel as one. See
// docs/decisions/datagram-size.md.
constexpr std::uint32_t kDatagramMax = 32'500;
constexpr std::uint32_t kSmallBuffersDatagramMax = 16'250;
constexpr std::uint32_t kUdpOverhead = 28;
constexpr std::uint32_t kWindowMax = 1 << 20;
// Of a log that is forgotten as soon as it is delivered: it goes round in a few of these, which stay in the
// processor's cache, and leave room there for what is done with the values.
constexpr std::uint32_t kChunkBytes = 256 << 10;

// A batch must fit into a 2A, and as the only vote into a page of a 1B or a repair; as many bytes of sessions
// into a page of a checkpoint.
constexpr std::uint32_t kOverhead =
    std::max({wire::kAcceptOverhead, wire::kPromiseOverhead + wire::kVoteEntryOverhead,
              wire::kRepairOverhead + wire::kVoteEntryOverhead, wire::kCheckpointOverhead});

// A small window takes datagrams that are small enough for some to be under way.
std::uint32_t datagram_bytes(std::uint32_t mtu, std::uint32_t window_bytes) noexcept {
    const std::uint32_t most = std::clamp(window_bytes / 8, kSmallBuffersDatagramMax, kDatagramMax);
    return std::clamp<std::uint32_t>(mtu - kUdpOverhead, 512, most);
}

}  // namespace

Sizing::Sizing(std::uint32_t mtu, std::size_t receive_buffer_bytes, const Options& options)
    : options_(options),
      window_bytes_(static_cast<std::uint32_t>(std::min<std::size_t>(receive_buffer_bytes / 4, kWindowMax))),
      batch_bytes_(datagram_bytes(mtu, window_bytes_) - kOverhead) {}

void Sizing::seat(host::Host& host, Role role, Incarnation incarnation, bool observes, Time now) const {
    switch (role) {
        case Role::acceptor:
            return host.add(acceptor(incarnation, observes, random_bits()));
        case Role::proposer:
            return host.add(proposer(incarnation, random_bits()), now);
        case Role::learner:
            return host.add(learner(random_bits()));
        case Role::client:
            return host.add(options_.id, client(random_session(options_.id)));
    }
}

GapRepair::Options Sizing::repair(std::uint64_t seed) const {
    return {.budget_bytes = std::max(window_bytes_ / 4, 2 * batch_bytes_), .seed = seed};
}

Acceptor::Options Sizing::acceptor(Incarnation incarnation, bool observer, std::uint64_t seed) const {
    return {.id = AcceptorId{options_.id},
            .incarnation = incarnation,
            .observer = observer,
            .direct_2b = options_.policy.direct_2b,
            .history_bytes = options_.history_bytes,
            .snapshot_learners = options_.snapshots ? options_.acceptors : 0,
            .window_bytes = window_bytes_,
            .page_bytes_max = batch_bytes_,
            .pages_max = repair(seed).budget_bytes / batch_bytes_,
            .repair = repair(seed)};
}

Proposer::Options Sizing::proposer(Incarnation incarnation, std::uint64_t seed) const {
    OracleOptions leader = options_.leader;
    leader.seed = seed;
    return {.id = ProposerId{options_.id},
            .incarnation = incarnation,
            .acceptors = options_.acceptors,
            .direct_2b = options_.policy.direct_2b,
            .proactive_phase1 = options_.policy.proactive_phase1,
            .batch = {.bytes_max = batch_bytes_, .pieces_max = options_.policy.batch_values},
            .admission = {.credit_total = window_bytes_,
                          .credit_max = window_bytes_,
                          .turns = {.bytes = window_bytes_, .crowd_bytes = window_bytes_ / 4}},
            .flow = {.window_bytes = window_bytes_},
            .leadership = leader,
            .log = {.chunk_bytes = kChunkBytes},
            .repair = repair(seed + 1)};
}

Learner::Options Sizing::learner(std::uint64_t seed) const {
    return {.id = LearnerId{options_.id},
            .acceptors = options_.acceptors,
            .gives_snapshots = options_.snapshots,
            .window_bytes = window_bytes_,
            .log = {.chunk_bytes = kChunkBytes},
            .repair = repair(seed),
            .read_seed = seed};
}

Client::Options Sizing::client(SessionId session) const {
    return {.session = session, .run_bytes_max = batch_bytes_};
}

}  // namespace synod::node

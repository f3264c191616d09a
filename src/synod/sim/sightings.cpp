#include "synod/sim/sightings.hpp"

#include <algorithm>

namespace synod::sim {

namespace {

struct Counter {
    const Speaker& speaker;
    const Destination to;
    Coverage& coverage;

    void when(bool seen, Branch branch) const { coverage.count(branch, seen ? 1 : 0); }

    void operator()(const Promise& promise) const {
        when(promise.covered.end != kInstanceEnd, Branch::paged_promise);
    }
    void operator()(const Nack& nack) const {
        coverage.count(nack.refused < nack.promised ? Branch::nack : Branch::nack_trimmed);
    }
    void operator()(const RepairRequest& request) const {
        when(speaker.role == Role::learner, Branch::learner_repair);
        when(speaker.role == Role::proposer, Branch::proposer_repair);
        when(speaker.role == Role::acceptor, Branch::acceptor_repair);
        when(speaker.late && request.wanted.begin()->first == InstanceId{}, Branch::catch_up);
    }
    void operator()(const Repair& repair) const {
        const bool decided = std::any_of(repair.entries.begin(), repair.entries.end(),
                                         [](const VoteEntry& entry) { return entry.decided; });
        const bool voted = std::any_of(repair.entries.begin(), repair.entries.end(),
                                       [](const VoteEntry& entry) { return !entry.decided; });
        when(decided, Branch::repaired_decision);
        when(voted, Branch::repaired_vote);
        when(speaker.observer && decided, Branch::observer_repair);
        when(repair.entries.empty() && repair.trimmed_below > InstanceId{}, Branch::trimmed_answer);
    }
    void operator()(const Checkpoint& page) const { when(!page.last, Branch::checkpoint_page); }
    void operator()(const Beacon&) const {
        when(to.is_group() && to.group == Role::learner, Branch::announcement);
    }
    void operator()(const Ack& ack) const {
        when(ack.gap_end > ack.admitted, Branch::gap);
        when(ack.credit_bytes == 0 && !ack.ballot.is_none(), Branch::turn);
        when(ack.ballot.is_none(), Branch::repeat_refused);
    }
    template <typename Other>
    void operator()(const Other&) const {}
};

template <typename M>
constexpr bool kCounted =
    std::is_same_v<M, Promise> || std::is_same_v<M, Nack> || std::is_same_v<M, RepairRequest> ||
    std::is_same_v<M, Repair> || std::is_same_v<M, Checkpoint> || std::is_same_v<M, Beacon> ||
    std::is_same_v<M, Ack> || std::is_same_v<M, ReadQuery>;

template <std::size_t... Place>
constexpr auto counted(std::index_sequence<Place...>) {
    return std::array<bool, sizeof...(Place) + 1>{false,
                                                  kCounted<std::variant_alternative_t<Place, Message>>...};
}

}  // namespace

bool gives_away_branches(std::uint8_t type) noexcept {
    static constexpr auto kTable = counted(std::make_index_sequence<wire::kTypes>{});
    return kTable[type];
}

void count_sent(const Speaker& speaker, Destination to, const Message& message, Coverage& coverage) {
    std::visit(Counter{speaker, to, coverage}, message);
}

}  // namespace synod::sim

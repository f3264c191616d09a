#include "synod/wire/possible.hpp"

#include <algorithm>
#include <initializer_list>
#include <span>

#include "synod/core/acceptor.hpp"
#include "synod/core/batch.hpp"
#include "synod/wire/sizes.hpp"

namespace synod::wire {

namespace {

// No cluster lives long enough to propose so many instances, or to try so often; below, sums do not overflow.
constexpr InstanceId kInstanceMax{std::uint64_t{1} << 62};
constexpr Round kRoundMax{std::uint64_t{1} << 62};

bool counted(const Ballot& ballot) {
    return ballot.round < kRoundMax;
}

bool used(const Ballot& ballot) {
    return !ballot.is_none() && counted(ballot);
}

bool counted(std::initializer_list<InstanceId> instances) {
    return std::all_of(instances.begin(), instances.end(), [](InstanceId i) { return i < kInstanceMax; });
}

bool orderly(std::span<const Range> ranges, bool may_end_open) {
    InstanceId last{};
    for (const Range& range : ranges) {
        if (range.empty() || range.first < last || !counted({range.first})) return false;
        const bool open = range.end == kInstanceEnd && may_end_open;
        if (!open && !counted({range.end})) return false;
        last = range.end;
    }
    return true;
}

bool orderly(const std::vector<VoteEntry>& entries, Range within) {
    InstanceId next = within.first;
    for (const VoteEntry& entry : entries) {
        if (entry.instance < next || entry.instance >= within.end || !counted({entry.instance})) return false;
        if (entry.decided ? entry.v_rnd != Ballot{} : !used(entry.v_rnd)) return false;
        if (entry.v_val.size() > kBatchBytesMax) return false;
        next = entry.instance.next();
    }
    return true;
}

// A vote lies within what an acceptor holds: whoever leads next proposes no-ops in all gaps up to the last.
bool held(const std::vector<VoteEntry>& votes, InstanceId trimmed_below) {
    return votes.empty() || votes.back().instance < trimmed_below.plus(Acceptor::Options{}.instances_max);
}

// No page leaves the asker where it was, or says that all is there while it is not.
bool orderly(const Checkpoint& page) {
    constexpr SessionId kHighest{~std::uint64_t{0}, ~std::uint64_t{0}};
    bool may_follow = true;  // so far
    SessionId least = page.from;
    for (const SessionEntry& entry : page.entries) {
        if (!may_follow || entry.session < least || entry.next == PieceNumber{}) return false;
        may_follow = entry.session != kHighest;
        least = entry.session.next();
    }
    return page.last || (may_follow && !page.entries.empty());
}

// A proposer speaks in ballots of its own.
bool owns(const Sender& sender, const Ballot& ballot) {
    return used(ballot) && ballot.proposer.value() == sender.id && ballot.incarnation == sender.incarnation;
}

bool owns(const Sender& sender, const Reign& reign) {
    return owns(sender, reign.ballot) && reign.first <= reign.decided_below && counted({reign.decided_below});
}

// May this sender send this? One function a message.
struct Possible {
    const Sender& sender;

    [[nodiscard]] bool from(Role role) const { return sender.role == role; }

    bool operator()(const Submit& m) const {
        return from(Role::client) && m.run.size() <= kBatchBytesMax && read_single_run(m.run).has_value();
    }
    bool operator()(const Ack& m) const {
        return from(Role::proposer) && (m.ballot.is_none() || owns(sender, m.ballot));
    }
    bool operator()(const Prepare& m) const {
        return from(Role::proposer) && owns(sender, m.ballot) && counted({m.first});
    }
    bool operator()(const Promise& m) const {
        return from(Role::acceptor) && used(m.ballot) && orderly({&m.covered, 1}, true) &&
               counted({m.decided_below}) && m.trimmed_below <= m.decided_below &&
               orderly(m.votes, m.covered) && held(m.votes, m.trimmed_below);
    }
    bool operator()(const Accept& m) const {
        return from(Role::proposer) && owns(sender, m.reign) && m.instance >= m.reign.first &&
               counted({m.instance}) && m.v_val.size() <= kBatchBytesMax;
    }
    bool operator()(const Accepted& m) const {
        return from(Role::acceptor) && (m.voted.empty() ? counted(m.ballot) : used(m.ballot)) &&
               counted({m.decided_below, m.seen_below}) && orderly({m.voted.begin(), m.voted.end()}, false);
    }
    bool operator()(const Nack& m) const {
        return from(Role::acceptor) && used(m.refused) && counted(m.promised) && counted({m.trimmed_below});
    }
    bool operator()(const Beacon& m) const {
        return from(Role::proposer) && owns(sender, m.reign) && counted({m.next});
    }
    bool operator()(const RepairRequest& m) const {
        return !from(Role::client) && m.budget_bytes <= kRepairBudgetMax &&
               orderly({m.wanted.begin(), m.wanted.end()}, true);
    }
    bool operator()(const Repair& m) const {
        return from(Role::acceptor) && counted({m.trimmed_below, m.decided_below}) &&
               orderly(m.entries, {InstanceId{}, kInstanceMax});
    }
    bool operator()(const LearnerStatus& m) const {
        return from(Role::learner) && counted({m.delivered_below, m.seen_below});
    }
    bool operator()(const Hello&) const { return true; }
    bool operator()(const Taken&) const { return true; }
    bool operator()(const CheckpointRequest& m) const {
        const bool of_any = m.at == InstanceId{};
        return (from(Role::proposer) || from(Role::acceptor)) && counted({m.at}) &&
               (!of_any || m.from == SessionId{});
    }
    bool operator()(const Checkpoint& m) const {
        const bool of_nothing = m.at == InstanceId{};
        return from(Role::acceptor) && counted({m.at}) && (!of_nothing || m.entries.empty()) && orderly(m);
    }
    bool operator()(const Heartbeat& m) const {
        return from(Role::proposer) && (m.ballot == Ballot{} || owns(sender, m.ballot)) &&
               m.quiet <= kQuietMax;
    }
    bool operator()(const Echo& m) const {
        return from(Role::acceptor) && counted(m.promised) && counted(m.claimed);
    }
    bool operator()(const Ping&) const { return from(Role::proposer); }
    bool operator()(const Election&) const { return from(Role::proposer); }
    bool operator()(const Answer&) const { return from(Role::proposer); }
    bool operator()(const Coordinator&) const { return from(Role::proposer); }
    bool operator()(const StatusRequest&) const { return true; }
    bool operator()(const ProposerReport& m) const {
        const bool leads_in_it = owns(sender, m.ballot);
        return from(Role::proposer) && (leads_in_it || (m.ballot == Ballot{} && !m.leads)) &&
               counted(m.heard) && counted({m.decided_below, m.delivered_below});
    }
    bool operator()(const AcceptorReport& m) const {
        return from(Role::acceptor) && counted(m.promised) && counted({m.decided_below}) &&
               m.trimmed_below <= m.decided_below;
    }
    bool operator()(const LearnerReport& m) const {
        return from(Role::learner) && counted({m.decided_below, m.delivered_below});
    }
    bool operator()(const ReadQuery&) const { return from(Role::learner); }
    bool operator()(const ReadIndex& m) const { return from(Role::acceptor) && counted({m.voted_below}); }
};

}  // namespace

bool possible(const Sender& sender, const Message& message, std::uint16_t acceptors_max) {
    if (sender.role == Role::acceptor && (sender.id == 0 || sender.id > acceptors_max)) return false;
    return std::visit(Possible{sender}, message);
}

}  // namespace synod::wire

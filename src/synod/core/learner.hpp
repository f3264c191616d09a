#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <tuple>

#include "synod/core/gap_repair.hpp"
#include "synod/core/hash.hpp"
#include "synod/core/instance_log.hpp"
#include "synod/core/instance_ring.hpp"
#include "synod/core/message.hpp"
#include "synod/core/outbox.hpp"
#include "synod/core/quorum.hpp"
#include "synod/core/quorum_read.hpp"
#include "synod/core/single_decree.hpp"
#include "synod/core/time.hpp"

namespace synod {

// Finds out what has been chosen ("Paxos Made Simple", section 2.3) and hands it over in the order of the
// instances. Values come with the 2As, votes with the 2Bs; what the leader says of its own ballot counts as
// much as a quorum of 2Bs (see Reign). What is missing is asked of the acceptors.
//
// Invariants:
//   N1  an instance is decided only with the value of a ballot not below one in which a quorum voted.
//   N2  instances are handed over one after the other, each once, from 0 on or where it was told to begin.
class Learner {
public:
    struct Options {
        LearnerId id;
        unsigned acceptors = 3;
        bool reports = true;                   // tells the leader how far it is; off inside a proposer
        bool gives_snapshots = false;          // and tells the acceptors, which keep what too few have
        std::uint32_t window_bytes = 1 << 20;  // what a sender may have under way to here
        InstanceLog::Options log;
        GapRepair::Options repair;
        std::uint64_t read_seed = 0;  // see QuorumRead
    };
    struct Delivery {
        InstanceId instance;
        Bytes batch;  // stands until pop()
    };

    explicit Learner(const Options& options);

    void on(const Accept& accept, const Sender& from, Time now, Outbox& outbox);
    void on(const Accepted& accepted, const Sender& from, Time now, Outbox& outbox);
    void on(const Beacon& beacon, const Sender& from, Time now, Outbox& outbox);
    void on(const Repair& repair, const Sender& from, Time now, Outbox& outbox);
    void on(const ReadIndex& index, const Sender& from, Time now, Outbox& outbox);

    // The next decided instance, if it is known; pop() takes it away.
    [[nodiscard]] std::optional<Delivery> front() const noexcept;
    void pop();

    // A linearizable read begins: its number. When reads().done() has come to that, what has been popped by
    // now is what there is to read.
    [[nodiscard]] std::uint64_t begin_read() noexcept { return reads_.begin(); }
    [[nodiscard]] const QuorumRead& reads() const noexcept { return reads_; }

    // Ends a received batch, after what it brought has been popped.
    void flush(Time now, Outbox& outbox);
    void tick(Time now, Outbox& outbox);
    [[nodiscard]] Time deadline() const noexcept;

    // Everything below has been handed over.
    [[nodiscard]] InstanceId delivered_below() const noexcept { return log_.first(); }
    // The next instance, when every acceptor in touch has forgotten it; or when some have, and for five
    // seconds none of the others could help (one that comes back empty knows less than it says).
    [[nodiscard]] std::optional<InstanceId> forgotten(Time now) const noexcept;

    // For the proposer that this learner is part of, which keeps what it proposes here.
    [[nodiscard]] InstanceLog& log() noexcept { return log_; }
    // Forgets all instances and votes, and begins again at `first`, which has been learned before.
    void restart_at(InstanceId first);
    // Gives up on all below `first`: what it led to is known otherwise.
    void skip_to(InstanceId first, Time now);
    [[nodiscard]] const InstanceLog& log() const noexcept { return log_; }
    [[nodiscard]] AcceptorDirectory& acceptors() noexcept { return acceptors_; }
    // The votes counted for an instance not handed over yet.
    [[nodiscard]] VoteCount votes(InstanceId i) const noexcept;
    void try_decide(InstanceId i);

    void check_invariants() const;
    [[nodiscard]] auto state() const noexcept {
        return std::tie(options_.id, log_, votes_, counted_, acceptors_, gap_repair_, trimmed_below_,
                        helped_at_, hint_, hint_due_, leader_, bytes_unreported_, report_due_, reads_);
    }
    [[nodiscard]] std::uint64_t hash() const { return state_hash(*this); }
    friend bool operator==(const Learner& a, const Learner& b) { return a.state() == b.state(); }

private:
    struct Hint {
        InstanceId seen_below;
        InstanceId decided_below;
        [[nodiscard]] auto state() const noexcept { return std::tie(seen_below, decided_below); }
        friend bool operator==(const Hint&, const Hint&) = default;
    };
    // How far the 2Bs of one acceptor in one ballot have been counted without a gap.
    struct Counted {
        Ballot ballot;
        InstanceId below;
        [[nodiscard]] auto state() const noexcept { return std::tie(ballot, below); }
        friend bool operator==(const Counted&, const Counted&) = default;
    };
    void count(AcceptorId acceptor, Ballot ballot, Range range);
    void note_hint(const Hint& hint, Time now);
    void heard_leader(const Sender& from, Time now);
    void report(Outbox& outbox);
    [[nodiscard]] InstanceId wanted_below() const noexcept;
    [[nodiscard]] InstanceId window_end() const noexcept {
        return log_.first().plus(options_.log.instances_max);
    }

    Options options_;
    Quorum quorum_;
    InstanceLog log_;
    InstanceRing<VoteCount> votes_;
    std::array<Counted, kAcceptorsMax + 1> counted_{};
    AcceptorDirectory acceptors_;
    GapRepair gap_repair_;
    std::array<InstanceId, kAcceptorsMax + 1> trimmed_below_{};  // by acceptor, as its repairs say
    Time helped_at_;  // by a repair, or before any said that the next instance is forgotten

    // Acceptors know of instances below; unless the leader's own messages arrive by then, they are missing.
    Hint hint_;
    Time hint_due_ = kNever;

    Endpoint leader_;
    std::uint64_t bytes_unreported_ = 0;
    Time report_due_ = kNever;
    QuorumRead reads_;
};

}  // namespace synod

#pragma once

#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "synod/core/checkpoint.hpp"
#include "synod/core/delivered_by_majority.hpp"
#include "synod/core/gap_repair.hpp"
#include "synod/core/hash.hpp"
#include "synod/core/instance_log.hpp"
#include "synod/core/message.hpp"
#include "synod/core/outbox.hpp"
#include "synod/core/sessions.hpp"
#include "synod/core/time.hpp"

namespace synod {

// The voting role of Multi-Paxos ("Paxos Made Simple", sections 2.2 and 3): for each instance the rules of
// single_decree.hpp, with one promise (`rnd`) over all of them.
//
// It keeps the last vote of each instance, and apart from the votes what it knows to be decided; it repairs
// its own holes, answers whoever misses something, and forgets the oldest decided instances when its history
// is full. Where learners give each other snapshots, it keeps longer what no majority of them has delivered.
// What all that is decided, forgotten or not, has come to for the clients' sessions it knows; a
// proposer or another acceptor that misses what is forgotten starts from that (checkpoint.hpp). An observer,
// an acceptor that has lost its memory, stores and serves what is decided and never promises or votes
// (DESIGN.md, rule 7).
//
// Invariants:
//   A1  promised() never decreases.
//   A2  no vote has a ballot above promised().
//   A3  within one ballot, an instance gets at most one value.
//   A4  nothing is forgotten that is not decided.
//   A5  a 2B lists an instance only while its v-rnd is the ballot of the 2B and its value is stored.
//   A6  sessions() is what all instances below sessions_below() lead to, and none from there on is forgotten.
//       After a flush it is not behind log().decided_below().
class Acceptor {
public:
    struct Options {
        AcceptorId id;
        Incarnation incarnation;
        bool observer = false;
        bool direct_2b = true;  // 2B to the learners' group, else to the proposers'
        // Of values kept; four times as many of what no majority of the learners has, if there are snapshots.
        std::uint64_t history_bytes = 256 << 20;
        std::uint64_t instances_max = 4 << 20;    // of instances kept
        unsigned snapshot_learners = 0;           // that give each other snapshots; 0: none do
        std::uint32_t window_bytes = 1 << 20;     // what a sender may have under way to here
        std::uint32_t page_bytes_max = 32 << 10;  // of entries in a Promise, Repair or Checkpoint
        std::uint32_t pages_max = 16;             // in answer to one Prepare
        GapRepair::Options repair;
    };

    explicit Acceptor(const Options& options);

    void on(const Prepare& prepare, const Sender& from, Time now, Outbox& outbox);
    void on(const Accept& accept, const Sender& from, Time now, Outbox& outbox);
    void on(const Beacon& beacon, const Sender& from, Time now, Outbox& outbox);
    void on(const RepairRequest& request, const Sender& from, Time now, Outbox& outbox);
    void on(const Repair& repair, const Sender& from, Time now, Outbox& outbox);
    void on(const CheckpointRequest& request, const Sender& from, Time now, Outbox& outbox);
    void on(const Checkpoint& page, const Sender& from, Time now, Outbox& outbox);
    void on(const Hello& hello, const Sender& from, Time now, Outbox& outbox);
    void on(const LearnerStatus& status, const Sender& from, Time now, Outbox& outbox);
    void on(const ReadQuery& query, const Sender& from, Time now, Outbox& outbox);
    void on(const Heartbeat& heartbeat, const Sender& from, Time now, Outbox& outbox);

    // Ends a received batch: one 2B covers all of it.
    void flush(Time now, Outbox& outbox);
    void tick(Time now, Outbox& outbox);
    [[nodiscard]] Time deadline() const noexcept;

    [[nodiscard]] bool is_observer() const noexcept { return options_.observer; }
    [[nodiscard]] Ballot promised() const noexcept { return rnd_; }
    [[nodiscard]] const InstanceLog& log() const noexcept { return log_; }
    [[nodiscard]] InstanceId trimmed_below() const noexcept { return log_.first(); }
    [[nodiscard]] const Sessions& sessions() const noexcept { return sessions_; }
    [[nodiscard]] InstanceId sessions_below() const noexcept { return sessions_below_; }
    // 2As refused because the ballot already had another value for the instance: a faulty proposer.
    [[nodiscard]] std::uint64_t conflicts() const noexcept { return conflicts_; }

    // All below is in the states of a majority of the learners that give each other snapshots; 0: none do.
    [[nodiscard]] InstanceId delivered_by_majority_below() const noexcept {
        return delivered_ ? delivered_->below() : InstanceId{};
    }

    // The last instances that it missed and that could not be had any more; for people.
    [[nodiscard]] Range gave_up() const noexcept { return gave_up_; }

    void check_invariants() const;
    [[nodiscard]] auto state() const noexcept {
        return std::tie(options_.id, options_.incarnation, options_.observer, rnd_, log_, voted_, sessions_,
                        sessions_below_, delivered_, checkpoint_copy_, checkpoint_fetch_, others_,
                        gap_repair_, gave_up_, claimed_, claimed_until_, echoes_due_, accepted_due_,
                        accepted_asked_by_, nack_due_, leader_silent_at_, silence_);
    }
    [[nodiscard]] std::uint64_t hash() const { return state_hash(*this); }
    friend bool operator==(const Acceptor& a, const Acceptor& b) { return a.state() == b.state(); }

private:
    void raise_rnd(Ballot ballot, Outbox& outbox);
    void vote(const Accept& accept, Outbox& outbox);
    void refuse(Ballot refused, const Sender& from);
    void heard_leader(const Reign& reign, Time now);
    void heard_claim(Ballot ballot, Time until);
    void send_echoes(Time now, Outbox& outbox);
    void send_votes(Outbox& outbox);
    void take_decided();
    void make_room();
    [[nodiscard]] bool holds_more_than(unsigned histories) const noexcept;
    void forget_below(InstanceId end, unsigned histories);
    void start_from(CheckpointFetch::Complete checkpoint, Outbox& outbox);
    [[nodiscard]] Accepted votes() const;
    void answer_prepare(const Prepare& prepare, Endpoint to, Outbox& outbox) const;
    InstanceId fill_page(InstanceId from, InstanceId end, std::uint64_t bytes_max,
                         std::vector<VoteEntry>& page) const;

    Options options_;
    Ballot rnd_;
    InstanceLog log_;
    RangeSet voted_;  // in ballot rnd_
    Sessions sessions_;
    InstanceId sessions_below_;
    std::optional<DeliveredByMajority> delivered_;
    CheckpointCopy checkpoint_copy_;
    CheckpointFetch checkpoint_fetch_;
    AcceptorDirectory others_;
    GapRepair gap_repair_;
    std::uint64_t conflicts_ = 0;
    Range gave_up_;

    Ballot claimed_;  // last, by a proposer that leads or tries to
    Time claimed_until_;
    // At the next flush: to whom, and the number.
    std::vector<std::pair<Endpoint, std::uint64_t>> echoes_due_;

    bool accepted_due_ = false;   // a 2B at the next flush...
    Endpoint accepted_asked_by_;  // ...or to this one alone
    std::optional<std::pair<Nack, Endpoint>> nack_due_;
    Time leader_silent_at_ = kNever;  // when to speak up unless the leader does
    Duration silence_;
};

}  // namespace synod

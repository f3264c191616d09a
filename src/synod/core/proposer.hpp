#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <tuple>

#include "synod/core/admission.hpp"
#include "synod/core/batcher.hpp"
#include "synod/core/checkpoint.hpp"
#include "synod/core/flow_control.hpp"
#include "synod/core/hash.hpp"
#include "synod/core/leadership.hpp"
#include "synod/core/learner.hpp"
#include "synod/core/message.hpp"
#include "synod/core/outbox.hpp"
#include "synod/core/phase1.hpp"
#include "synod/core/sessions.hpp"
#include "synod/core/time.hpp"

namespace synod {

// The role that gets values chosen ("Paxos Made Simple", sections 2.2 and 3). It always follows the log, as a
// learner does; when its oracle says so it runs phase 1 over all instances, and with a quorum of promises it
// reigns: it proposes again what may have been chosen before, fills holes with no-ops, then pipelines the
// clients' batches, one phase 2 each, until a higher ballot shuts it out.
//
// Invariants:
//   P1  it proposes one value for an instance in one ballot, and only ballots of its own incarnation.
//   P2  it proposes nothing before a quorum has promised its ballot and it knows what all before its first
//       instance led to: delivered here, or in a checkpoint of an acceptor. What it has delivered from there
//       on it proposes again, with the same value.
//   P3  its reign's decided watermark covers only instances for which it counted a quorum in its ballot.
class Proposer {
public:
    struct Options {
        ProposerId id;
        Incarnation incarnation;
        unsigned acceptors = 3;
        bool direct_2b = true;         // off: it tells the learners what is decided
        bool proactive_phase1 = true;  // off: a phase 1 of its own for each instance, when a value is there
        Batcher::Options batch;
        Admission::Options admission;
        FlowControl::Options flow;
        OracleOptions leadership;
        InstanceLog::Options log;
        GapRepair::Options repair;
    };

    Proposer(const Options& options, Time now);

    void on(const Submit& submit, const Sender& from, Time now, Outbox& outbox);
    void on(const Prepare& prepare, const Sender& from, Time now, Outbox& outbox);
    void on(const Promise& promise, const Sender& from, Time now, Outbox& outbox);
    void on(const Accept& accept, const Sender& from, Time now, Outbox& outbox);
    void on(const Accepted& accepted, const Sender& from, Time now, Outbox& outbox);
    void on(const Nack& nack, const Sender& from, Time now, Outbox& outbox);
    void on(const Beacon& beacon, const Sender& from, Time now, Outbox& outbox);
    void on(const Repair& repair, const Sender& from, Time now, Outbox& outbox);
    void on(const Checkpoint& page, const Sender& from, Time now, Outbox& outbox);
    void on(const LearnerStatus& status, const Sender& from, Time now, Outbox& outbox);
    void on(const Hello& hello, const Sender& from, Time now, Outbox& outbox);
    void on(const Heartbeat& heartbeat, const Sender& from, Time now, Outbox& outbox);
    void on(const Echo& echo, const Sender& from, Time now, Outbox& outbox);
    template <OracleMessage M>
    void on(const M& message, const Sender& from, Time now, Outbox& outbox) {
        leadership_.on(message, from, now, outbox);
    }

    // Ends a received batch: delivers, proposes, acknowledges.
    void flush(Time now, Outbox& outbox);
    void tick(Time now, Outbox& outbox);
    [[nodiscard]] Time deadline() const noexcept;

    [[nodiscard]] bool is_leading() const noexcept { return state_ == State::leading; }
    [[nodiscard]] Ballot ballot() const noexcept { return c_rnd_; }
    [[nodiscard]] bool is_following() const noexcept { return state_ == State::following; }
    [[nodiscard]] Ballot highest_heard() const noexcept { return highest_seen_; }
    [[nodiscard]] const Learner& learner() const noexcept { return learner_; }
    [[nodiscard]] InstanceId delivered_below() const noexcept { return delivered_below_; }
    [[nodiscard]] const Sessions& sessions() const noexcept { return sessions_; }
    [[nodiscard]] std::uint64_t elections() const noexcept { return elections_; }

    void check_invariants() const;
    [[nodiscard]] auto state() const {
        return std::tuple_cat(
            std::tie(options_.id, options_.incarnation, learner_, sessions_, delivered_below_,
                     checkpoint_fetch_, leadership_, state_, highest_seen_, c_rnd_, phase1_, rest_due_,
                     forgotten_below_, prepare_due_, prepare_retry_, prepare_all_, caught_up_below_, reign_,
                     next_, recover_end_, admitting_, admission_, flow_, seen_below_, resend_due_,
                     resend_after_, resent_head_, resent_at_, beacon_due_, beacon_interval_,
                     housekeeping_due_, announced_decided_, beaconed_decided_),
            batcher_.state(learner_.log()));
    }
    [[nodiscard]] std::uint64_t hash() const { return state_hash(*this); }
    friend bool operator==(const Proposer& a, const Proposer& b) { return a.state() == b.state(); }

private:
    enum class State : std::uint8_t { following, preparing, leading };

    // Reigns come and go.
    void note_ballot(Ballot ballot, Time now);
    void heard_proposer(Ballot ballot, Time now, Duration quiet = {});
    [[nodiscard]] Standing standing() const noexcept;
    void follow_oracle(Time now, Outbox& outbox);
    void prepare(Time now, Outbox& outbox);
    void prepare_again(Time now, Outbox& outbox);
    void send_prepare(Time now, Outbox& outbox);
    bool prepare_rest(Outbox& outbox);
    void ask_for_rest(Outbox& outbox);
    void start_from(CheckpointFetch::Complete checkpoint, Time now);
    void try_begin_reign(Time now, Outbox& outbox);
    [[nodiscard]] bool contradicts_log() const noexcept;
    void begin_admission();
    void step_down(Time now);
    [[nodiscard]] bool needs_phase1() const noexcept;

    // While it leads.
    void count_decided();
    void deliver(Time now);
    void propose(Time now, Outbox& outbox);
    [[nodiscard]] bool has_room() const noexcept;
    bool propose_next(Time now);
    void send_accept(InstanceId i, Outbox& outbox);
    void resend_lost(Time now, Outbox& outbox);
    void resend(InstanceId i, Time now, Outbox& outbox);
    [[nodiscard]] bool has_lost_quorum(InstanceId i) const noexcept;
    void send_beacon(Destination to, Outbox& outbox);
    void keep_beaconing(Time now, Outbox& outbox);

    Options options_;
    Quorum quorum_;
    Learner learner_;
    Sessions sessions_;
    InstanceId delivered_below_;  // here or in a checkpoint; the learner may have begun again below
    CheckpointFetch checkpoint_fetch_;
    Leadership leadership_;

    State state_ = State::following;
    Ballot highest_seen_;  // of any proposer
    Ballot c_rnd_;         // the last ballot of our own
    std::optional<Phase1> phase1_;
    AcceptorSet rest_due_;        // have sent pages that are not the last ones
    InstanceId forgotten_below_;  // by an acceptor that refused our last reign: the next one begins above
    Time prepare_due_ = kNever;
    Duration prepare_retry_;
    bool prepare_all_ = true;     // the next time, whoever has answered
    InstanceId caught_up_below_;  // how far it had delivered at the last retry

    Reign reign_;
    InstanceId next_;         // the next instance to propose
    InstanceId recover_end_;  // below it phase 1 decides what to propose
    bool admitting_ = false;  // clients' runs are taken in
    Admission admission_;
    Batcher batcher_;
    FlowControl flow_;
    std::array<InstanceId, kAcceptorsMax + 1>
        seen_below_{};  // by each acceptor, of what was proposed in c_rnd_

    Time resend_due_ = kNever;  // the head of the pipeline is late
    Duration resend_after_;
    InstanceId resent_head_;
    Time resent_at_;
    Time beacon_due_ = kNever;
    Duration beacon_interval_;
    Time housekeeping_due_ = kNever;
    InstanceId announced_decided_;  // without direct 2B
    InstanceId beaconed_decided_;   // to the acceptors
    std::uint64_t elections_ = 0;
};

}  // namespace synod

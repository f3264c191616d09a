#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <tuple>

#include "synod/core/jitter.hpp"
#include "synod/core/message.hpp"
#include "synod/core/oracle.hpp"
#include "synod/core/outbox.hpp"
#include "synod/core/quorum.hpp"
#include "synod/core/round_trip.hpp"

namespace synod {

// The oracle `ble`: quorum-connected ballot leader election, in the manner of Omni-Paxos (Ng, Haridi,
// Carbone: "Omni-Paxos: Breaking the Barriers of Partial Connectivity", EuroSys 2023, section 5). There
// servers ask each other who is connected to a majority of them. Here proposers and acceptors are different
// processes, and what counts is to reach a quorum of acceptors and to be reached by it, so one proposer of
// two is enough.
//
// Who leads, or would like to, sends heartbeats to the acceptors, which echo them, each with the ballot that
// it heard claimed last, by a heartbeat, 1A, 2A or beacon, and how long ago. Ballots are those of Paxos. So:
//
//   quorum-connected  is who has fresh echoes from a quorum of acceptors. Only such a proposer tries to lead;
//                     and a leader that is so no longer stands down and falls silent (check-quorum).
//   no livelock       any two quorums meet: whoever is quorum-connected hears from some acceptor of any
//                     leader that is, though not a datagram gets from one to the other, and keeps quiet.
//   stickiness        who comes, or comes back, finds a leader alive and leaves it alone, whatever their ids.
//   liveness          when nobody leads, all claims grow old, and the first one to notice that is connected
//                     takes over: in a ballot above all that acceptors have promised, as their echoes tell.
//
// A leader that is connected and still gets nothing decided while clients wait, since its links to them are
// cut, or it cannot learn what it needs, is succeeded after `stall`.
//
// Where nothing happens hardly anything is sent. A leader that decides needs no heartbeats: its 2As and their
// 2Bs say it all. One that has nothing to decide and hears its quorum beats ever more rarely, and announces
// how long it will be quiet. A follower rests while a leader is heard, and finds out whether it is itself
// connected when the leader becomes late, half a time-out before it would try.
//
// The time-out is `suspect`, and longer where echoes take longer. A proposer that notices that it was itself
// away, stopped or starved, does not blame others for the silence.
class BallotElection : public OracleEvents {
public:
    BallotElection(const OracleSelf& self, const OracleOptions& options, Time now);

    void on_alive(ProposerId, Time until) noexcept { claimed_until_ = std::max(claimed_until_, until); }
    void on_new_ballot(Time now);
    void on_demand(Time now);
    void on_progress(Time now) noexcept;
    void on_attempt() noexcept { stall_at_ = kNever; }
    void on_shut_out(Time now);
    void on(const Echo& echo, const Sender& from, Time now, Outbox& outbox);

    [[nodiscard]] Advice advise(const Standing& standing, Time now, Outbox& outbox);
    [[nodiscard]] Time deadline(const Standing& standing) const noexcept;

    // How long a leader may be silent, or hear no quorum, as things are.
    [[nodiscard]] Duration timeout() const noexcept;

    [[nodiscard]] auto state() const noexcept {
        return std::tie(jitter_, number_, sent_, interval_, lenience_, beat_at_, round_trip_, echoed_at_,
                        decided_at_, excused_until_, claimed_until_, patience_, stall_at_, stall_);
    }
    friend bool operator==(const BallotElection& a, const BallotElection& b) {
        return a.state() == b.state();
    }

private:
    struct Sent {
        Time at;
        Duration quiet;
        AcceptorSet echoed;
        [[nodiscard]] auto state() const noexcept { return std::tie(at, quiet, echoed); }
        friend bool operator==(const Sent&, const Sent&) = default;
    };
    static constexpr std::size_t kRemembered = 64;  // heartbeats

    [[nodiscard]] Duration period() const noexcept;
    [[nodiscard]] Time attempt_at() const noexcept;
    [[nodiscard]] Time next_beat(const Standing& standing) const noexcept;
    [[nodiscard]] bool is_connected() const noexcept;
    [[nodiscard]] bool is_answered() const noexcept {  // the last heartbeat, by a quorum
        return quorum_.reached_by(sent_[number_ % kRemembered].echoed);
    }
    void note_absence(const Standing& standing, Time now);
    void forget_old_echoes(Time now) noexcept;
    void beat(const Standing& standing, Time now, Outbox& outbox);

    OracleOptions options_;
    OracleSelf self_;
    Quorum quorum_;
    Jitter jitter_;

    std::uint64_t number_ = 0;  // of the last heartbeat
    std::array<Sent, kRemembered> sent_{};
    Duration interval_;  // from the last heartbeat to the next one of who does not rest
    Duration lenience_;  // echoes may be older by so much than the time-out: those of an idle leader
    Time beat_at_;
    RoundTrip round_trip_;  // to a quorum

    std::array<Time, kAcceptorsMax + 1> echoed_at_{};  // by each acceptor; kNever: not of late
    Time decided_at_;                                  // a quorum was heard then, if this one leads
    Time excused_until_;                               // it was itself away, or has just begun
    Time claimed_until_;                               // by somebody else, whose silence counts from then on
    Duration patience_;                                // beyond the time-out, so that not all try together
    Time stall_at_ = kNever;
    Duration stall_;  // grows while attempts are shut out and nothing is decided
};

}  // namespace synod

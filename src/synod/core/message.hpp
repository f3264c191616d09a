#pragma once

#include <cstdint>
#include <tuple>
#include <variant>
#include <vector>

#include "synod/core/ballot.hpp"
#include "synod/core/bytes.hpp"
#include "synod/core/endpoint.hpp"
#include "synod/core/ids.hpp"
#include "synod/core/range_set.hpp"
#include "synod/core/time.hpp"

// Every message of the protocol, under the papers' names. Byte strings in messages are views: of the
// datagram for a message received, of the sending role's memory (until its next step) for one to send.

namespace synod {

// client -> proposers: one run of pieces (see batch.hpp). Repeated until acknowledged.
struct Submit {
    Bytes run;
};

// proposer -> client: what became of a session.
struct Ack {
    SessionId session;
    PieceNumber next;      // every piece below is decided and delivered: the client may forget it
    PieceNumber admitted;  // every piece below is in this proposer's hands
    PieceNumber gap_end;   // pieces [admitted, gap_end) were lost on the way here; nothing when <= admitted
    std::uint32_t credit_bytes = 0;  // how many bytes of pieces from `next` on may be under way; 0: wait
    Ballot ballot;                   // of the reign that speaks; none from a proposer that does not lead
};

// Phase 1A, proposer -> acceptors: over every instance from `first` on.
struct Prepare {
    Ballot ballot;
    InstanceId first;
};

// What an acceptor knows of one instance: the vote it cast last, or, when `decided`, the chosen value
// (and then `v_rnd` means nothing).
struct VoteEntry {
    InstanceId instance;
    Ballot v_rnd;
    bool decided = false;
    Bytes v_val;
};

// Phase 1B, acceptor -> proposer: one page of the answer to a Prepare. It reports every vote in
// `covered`, apart from instances below `decided_below`, all of which are decided.
struct Promise {
    AcceptorId acceptor;
    Incarnation incarnation;  // pages of two lives of an acceptor do not add up
    Ballot ballot;
    Range covered;  // the last page ends at kInstanceEnd
    InstanceId decided_below;
    InstanceId trimmed_below;  // what this acceptor has forgotten: decided, and no longer to be had here
    std::vector<VoteEntry> votes;
};

// What a reigning proposer says of its reign in each message: it proposed every instance from `first`
// on in `ballot`, and counted a quorum of votes in that very ballot for each of [first, decided_below).
// Whoever holds a value sent in `ballot` for one of these holds the chosen one.
struct Reign {
    Ballot ballot;
    InstanceId first;
    InstanceId decided_below;
    [[nodiscard]] constexpr auto state() const noexcept { return std::tie(ballot, first, decided_below); }
    friend constexpr bool operator==(const Reign&, const Reign&) noexcept = default;
};

// Phase 2A, proposer -> acceptors (learners and the other proposers listen).
struct Accept {
    Reign reign;
    InstanceId instance;
    Bytes v_val;  // a batch; empty: a no-op
};

// Phase 2B, acceptor -> learners (proposers listen), or -> proposers without direct 2B. It is state,
// not a change: the instances whose v-rnd is `ballot` now and whose value is stored, from the reign's
// decided watermark on.
struct Accepted {
    AcceptorId acceptor;
    Ballot ballot;
    InstanceId decided_below;        // decided, as far as this acceptor knows; never says what
    InstanceId seen_below;           // everything it received lies below
    std::uint32_t window_bytes = 0;  // how much may be on its way to this acceptor
    FewRanges voted;
};

// acceptor -> proposer: a ballot lost to a higher promise, or an instance lies below the trim.
struct Nack {
    AcceptorId acceptor;
    Ballot refused;
    Ballot promised;
    InstanceId trimmed_below;
    [[nodiscard]] auto state() const noexcept { return std::tie(acceptor, refused, promised, trimmed_below); }
    friend bool operator==(const Nack&, const Nack&) = default;
};

// leader -> acceptors (learners and proposers listen), when it was quiet, so that a lost last 2A is noticed;
// -> clients when its reign begins; -> learners as the decision without direct 2B.
struct Beacon {
    Reign reign;
    InstanceId next;  // every instance proposed lies below
};

// learner, proposer or acceptor -> an acceptor: send me these.
struct RepairRequest {
    std::uint32_t budget_bytes = 0;  // at most so much in answer
    FewRanges wanted;
};

// acceptor -> whoever asked. Votes count as its 2Bs; decided entries stand by themselves.
struct Repair {
    AcceptorId acceptor;
    InstanceId trimmed_below;
    InstanceId decided_below;
    bool last = false;  // nothing more follows in answer to this request
    std::vector<VoteEntry> entries;
};

// learner -> leader: how far it is, for flow control. Where learners give each other snapshots it goes to the
// acceptors' group, which the leader hears, too: what a majority has delivered need not be kept.
struct LearnerStatus {
    LearnerId learner;
    InstanceId delivered_below;
    InstanceId seen_below;
    std::uint32_t window_bytes = 0;
};

// A process that starts -> the group of its role, and the acceptors' and proposers' groups: acceptors
// answer with their 2B, the leader with its beacon; a live process of the same role and id with Taken.
struct Hello {};

// -> a process that starts: its role and id are in use. Says whose Hello it answers, so that what was said to
// another life of it ends nobody.
struct Taken {
    Incarnation newcomer;
    std::uint32_t pid = 0;  // of the process that has them
};

// How far a session is: every piece below `next` has been taken.
struct SessionEntry {
    SessionId session;
    PieceNumber next;
    [[nodiscard]] auto state() const noexcept { return std::tie(session, next); }
    friend bool operator==(const SessionEntry&, const SessionEntry&) = default;
};

// proposer or acceptor -> an acceptor: what came of the instances that are forgotten.
struct CheckpointRequest {
    InstanceId at;   // of the checkpoint that the asker has the first pages of; 0: of none, any will do
    SessionId from;  // the page that begins here; ignored when that checkpoint is not kept any more
};

// acceptor -> whoever asked: one page of the table of sessions that stands in every log below `at`. Pages of
// different `at` must never be joined: a run dropped below one as too early might be taken above the other.
struct Checkpoint {
    AcceptorId acceptor;
    InstanceId at;
    SessionId from;     // the first session that the page covers...
    bool last = false;  // ...and it covers all the others, not only those up to its last entry
    std::vector<SessionEntry> entries;  // ascending; not empty unless last
};

// proposer -> acceptors' group (ballot election): am I connected to a quorum, and who else is? Acceptors echo
// it.
struct Heartbeat {
    std::uint64_t number = 0;  // among the sender's
    Ballot ballot;             // in which the sender leads or tries to; none while it follows
    Duration quiet;            // for so long its silence means nothing: it is idle, and beats rarely
};

// acceptor -> the proposer whose heartbeat has come.
struct Echo {
    AcceptorId acceptor;
    std::uint64_t number = 0;  // of the heartbeat
    Ballot promised;
    Ballot claimed;   // last, by a proposer that leads or tries to and that this acceptor hears; may be none
    Duration silent;  // so long ago
};

// proposer -> proposers' group (lowest id): I am alive.
struct Ping {};

// proposer -> proposers' group (bully): whoever has a higher id than mine, answer.
struct Election {};

// proposer -> the proposer that called an election (bully): I am alive, and mine is higher.
struct Answer {};

// proposer -> proposers' group (bully): nobody answered, so I lead; said again as long as I do.
struct Coordinator {};

// a prober, which has no part in anything -> the groups: how are you? Longer than each of the answers.
struct StatusRequest {
    std::uint64_t number = 0;
};

// Datagrams that came to nothing at a process, since it started.
struct Losses {
    std::uint64_t refused = 0;     // were not of this run, or damaged, or wrong
    std::uint64_t overflowed = 0;  // came when its receive buffer was full
    std::uint64_t truncated = 0;   // were longer than what it received them into
    std::uint64_t unsent = 0;      // could not be sent
    [[nodiscard]] constexpr auto state() const noexcept {
        return std::tie(refused, overflowed, truncated, unsent);
    }
    friend constexpr bool operator==(const Losses&, const Losses&) noexcept = default;
};

// proposer -> the prober.
struct ProposerReport {
    std::uint64_t number = 0;  // of the request
    Ballot ballot;             // in which it leads or tries to; none while it follows
    bool leads = false;        // with a quorum of promises
    Ballot heard;              // the highest of another proposer; may be none
    InstanceId decided_below;  // decided, as far as it knows
    InstanceId delivered_below;
    std::uint64_t elections = 0;  // that it has won
    Losses losses;
};

// acceptor -> the prober.
struct AcceptorReport {
    std::uint64_t number = 0;
    bool observer = false;
    Ballot promised;
    InstanceId decided_below;
    InstanceId trimmed_below;
    std::uint64_t conflicts = 0;  // second values refused
    Losses losses;
};

// learner -> the prober.
struct LearnerReport {
    std::uint64_t number = 0;
    InstanceId decided_below;
    InstanceId delivered_below;
    Losses losses;
};

// learner -> acceptors: a read begins; how far have you voted?
struct ReadQuery {
    std::uint64_t number = 0;
};

// acceptor -> the learner that asked. It has voted for nothing from `voted_below` on, nor heard that it is
// decided.
struct ReadIndex {
    AcceptorId acceptor;
    std::uint64_t number = 0;  // of the query
    InstanceId voted_below;
};

using Message = std::variant<Submit, Ack, Prepare, Promise, Accept, Accepted, Nack, Beacon, RepairRequest,
                             Repair, LearnerStatus, Hello, Taken, CheckpointRequest, Checkpoint, Heartbeat,
                             Echo, Ping, Election, Answer, Coordinator, StatusRequest, ProposerReport,
                             AcceptorReport, LearnerReport, ReadQuery, ReadIndex>;

// Who speaks: stands in the header of every datagram.
struct Sender {
    Role role = Role::client;
    std::uint16_t id = 0;
    Incarnation incarnation;
    Endpoint endpoint;  // as seen by the receiver
};

}  // namespace synod

#pragma once

#include <concepts>

#include "synod/core/message.hpp"
#include "synod/wire/sizes.hpp"

// The body of each message, field by field, once for both directions: the archive is a Writer or a
// Reader. What the header says already does not stand in the body: an acceptor's, a learner's id and
// incarnation are the sender's.

namespace synod::wire {

template <typename T, typename M>
concept Is = std::same_as<std::remove_const_t<T>, M>;

template <typename Archive>
void fields(Archive& archive, Is<Submit> auto& m) {
    archive.rest(m.run);
}
template <typename Archive>
void fields(Archive& archive, Is<Ack> auto& m) {
    archive(m.session, m.next, m.admitted, m.gap_end, m.credit_bytes, m.ballot);
}
template <typename Archive>
void fields(Archive& archive, Is<Prepare> auto& m) {
    archive(m.ballot, m.first);
}
template <typename Archive>
void fields(Archive& archive, Is<Promise> auto& m) {
    archive(m.ballot, m.covered, m.decided_below, m.trimmed_below, m.votes);
}
template <typename Archive>
void fields(Archive& archive, Is<Accept> auto& m) {
    archive(m.reign, m.instance);
    archive.rest(m.v_val);
}
template <typename Archive>
void fields(Archive& archive, Is<Accepted> auto& m) {
    archive(m.ballot, m.decided_below, m.seen_below, m.window_bytes, m.voted);
}
template <typename Archive>
void fields(Archive& archive, Is<Nack> auto& m) {
    archive(m.refused, m.promised, m.trimmed_below);
}
template <typename Archive>
void fields(Archive& archive, Is<Beacon> auto& m) {
    archive(m.reign, m.next);
}
template <typename Archive>
void fields(Archive& archive, Is<RepairRequest> auto& m) {
    archive(m.budget_bytes, m.wanted);
}
template <typename Archive>
void fields(Archive& archive, Is<Repair> auto& m) {
    archive(m.trimmed_below, m.decided_below, m.last, m.entries);
}
template <typename Archive>
void fields(Archive& archive, Is<LearnerStatus> auto& m) {
    archive(m.delivered_below, m.seen_below, m.window_bytes);
}
template <typename Archive>
void fields(Archive&, Is<Hello> auto&) {}
template <typename Archive>
void fields(Archive& archive, Is<Taken> auto& m) {
    archive(m.newcomer, m.pid);
}
template <typename Archive>
void fields(Archive& archive, Is<CheckpointRequest> auto& m) {
    archive(m.at, m.from);
}
template <typename Archive>
void fields(Archive& archive, Is<Checkpoint> auto& m) {
    archive(m.at, m.from, m.last, m.entries);
}
template <typename Archive>
void fields(Archive& archive, Is<Heartbeat> auto& m) {
    archive(m.number, m.ballot, m.quiet);
}
template <typename Archive>
void fields(Archive& archive, Is<Echo> auto& m) {
    archive(m.number, m.promised, m.claimed, m.silent);
}
template <typename Archive>
void fields(Archive&, Is<Ping> auto&) {}
template <typename Archive>
void fields(Archive&, Is<Election> auto&) {}
template <typename Archive>
void fields(Archive&, Is<Answer> auto&) {}
template <typename Archive>
void fields(Archive&, Is<Coordinator> auto&) {}
template <typename Archive>
void fields(Archive& archive, Is<StatusRequest> auto& m) {
    archive(m.number);
    archive.zeros(kStatusPadding);
}
template <typename Archive>
void fields(Archive& archive, Is<ProposerReport> auto& m) {
    archive(m.number, m.ballot, m.leads, m.heard, m.decided_below, m.delivered_below, m.elections, m.losses);
}
template <typename Archive>
void fields(Archive& archive, Is<AcceptorReport> auto& m) {
    archive(m.number, m.observer, m.promised, m.decided_below, m.trimmed_below, m.conflicts, m.losses);
}
template <typename Archive>
void fields(Archive& archive, Is<LearnerReport> auto& m) {
    archive(m.number, m.decided_below, m.delivered_below, m.losses);
}
template <typename Archive>
void fields(Archive& archive, Is<ReadQuery> auto& m) {
    archive(m.number);
}
template <typename Archive>
void fields(Archive& archive, Is<ReadIndex> auto& m) {
    archive(m.number, m.voted_below);
}

}  // namespace synod::wire

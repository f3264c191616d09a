#pragma once

#include <initializer_list>
#include <string_view>
#include <tuple>
#include <vector>

#include "synod/core/batch.hpp"
#include "synod/wire/codec.hpp"

// Messages to try the codec on: one of each type, with no two fields alike, and who sends it.

namespace synod::wire::test {

inline constexpr std::uint64_t kCluster = 0x1122334455667788;
inline constexpr std::uint64_t kRun = 0x99aabbccddeeff01;
inline constexpr Incarnation kLife{0x0102030405060708};
inline constexpr std::uint16_t kAcceptors = 3;

inline Identity identity(Role role, std::uint16_t id = 2) {
    return {kCluster, kRun, role, id, kLife};
}
inline Decoder decoder() {
    return {kCluster, kRun, kAcceptors};
}

inline constexpr InstanceId at(std::uint64_t instance) {
    return InstanceId{instance};
}
inline constexpr Ballot own_ballot(std::uint64_t round) {  // of proposer 2
    return {Round{round}, ProposerId{2}, kLife};
}
inline constexpr Ballot ballot(std::uint64_t round) {  // of somebody
    return {Round{round}, ProposerId{7}, Incarnation{0xabcdef}};
}
inline FewRanges few(std::initializer_list<Range> ranges) {
    FewRanges few;
    for (const Range& range : ranges)
        few.add(range);
    return few;
}

// One run of two pieces.
inline Bytes sample_run() {
    static BatchWriter writer(1000);
    writer.clear();
    writer.add({0x51, 0x52}, PieceNumber{9}, as_bytes("hello"), true);
    writer.add({0x51, 0x52}, PieceNumber{10}, as_bytes("paxos"), true);
    return writer.finish();
}

struct Sample {
    std::string_view name;
    Identity from;
    Message message;
};

inline std::vector<Sample> samples() {
    using enum Role;
    const Reign reign{own_ballot(5), at(100), at(200)};
    const auto id = AcceptorId{2};
    return {
        {"Submit", identity(client), Submit{sample_run()}},
        {"Ack", identity(proposer),
         Ack{{0x31, 0x32}, PieceNumber{33}, PieceNumber{34}, PieceNumber{35}, 36, own_ballot(37)}},
        {"Prepare", identity(proposer), Prepare{own_ballot(5), at(100)}},
        {"Promise", identity(acceptor),
         Promise{id,
                 kLife,
                 ballot(6),
                 {at(100), kInstanceEnd},
                 at(90),
                 at(80),
                 {{at(100), ballot(4), false, as_bytes("x")},
                  {at(105), {}, true, as_bytes("yz")},
                  {at(106), ballot(3), false, {}}}}},
        {"Accept", identity(proposer), Accept{reign, at(201), as_bytes("a batch")}},
        {"Accepted", identity(acceptor),
         Accepted{id, ballot(6), at(90), at(300), 65536, few({{at(100), at(110)}, {at(120), at(121)}})}},
        {"Nack", identity(acceptor), Nack{id, ballot(4), ballot(6), at(80)}},
        {"Beacon", identity(proposer), Beacon{reign, at(202)}},
        {"RepairRequest", identity(learner),
         RepairRequest{4096, few({{at(100), at(110)}, {at(120), kInstanceEnd}})}},
        {"Repair", identity(acceptor),
         Repair{id, at(80), at(90), true, {{at(100), ballot(4), false, as_bytes("x")}}}},
        {"LearnerStatus", identity(learner), LearnerStatus{LearnerId{2}, at(90), at(300), 77}},
        {"Hello", identity(client), Hello{}},
        {"Taken", identity(acceptor), Taken{Incarnation{0x51}, 4711}},
        {"CheckpointRequest", identity(proposer), CheckpointRequest{at(90), {0x31, 0x32}}},
        {"Checkpoint", identity(acceptor),
         Checkpoint{id,
                    at(90),
                    {0x31, 0x32},
                    false,
                    {{{0x31, 0x33}, PieceNumber{34}}, {{0x41, 0x11}, PieceNumber{1}}}}},
        {"Heartbeat", identity(proposer), Heartbeat{41, own_ballot(5), milliseconds(80)}},
        {"Echo", identity(acceptor), Echo{id, 41, ballot(6), ballot(4), microseconds(77)}},
        {"Ping", identity(proposer), Ping{}},
        {"Election", identity(proposer), Election{}},
        {"Answer", identity(proposer), Answer{}},
        {"Coordinator", identity(proposer), Coordinator{}},
        {"StatusRequest", identity(client), StatusRequest{41}},
        {"ProposerReport", identity(proposer),
         ProposerReport{41, own_ballot(5), true, ballot(4), at(90), at(80), 7, {1, 2, 3, 4}}},
        {"AcceptorReport", identity(acceptor),
         AcceptorReport{41, true, ballot(6), at(90), at(80), 7, {1, 2, 3, 4}}},
        {"LearnerReport", identity(learner), LearnerReport{41, at(90), at(80), {1, 2, 3, 4}}},
        {"ReadQuery", identity(learner), ReadQuery{41}},
        {"ReadIndex", identity(acceptor), ReadIndex{id, 41, at(90)}},
    };
}

// The sample of a message type.
template <typename M>
Sample sample() {
    for (Sample& sample : samples()) {
        if (std::holds_alternative<M>(sample.message)) return sample;
    }
    throw std::logic_error("no sample");
}

inline std::vector<std::byte> join(const Encoded& encoded) {
    std::vector<std::byte> datagram(encoded.head.begin(), encoded.head.end());
    datagram.insert(datagram.end(), encoded.body.begin(), encoded.body.end());
    return datagram;
}

// The first datagram of a sender.
inline std::vector<std::byte> encode(const Identity& from, const Message& message) {
    Scratch scratch;
    return join(Encoder(from).encode(message, scratch));
}
inline std::vector<std::byte> encode(const Sample& sample) {
    return encode(sample.from, sample.message);
}

// Messages field by field. The bindings fail to compile when a message gets a field.
inline bool same(const Reign& a, const Reign& b) {
    return std::tie(a.ballot, a.first, a.decided_below) == std::tie(b.ballot, b.first, b.decided_below);
}
inline bool same(const VoteEntry& a, const VoteEntry& b) {
    const auto& [instance, v_rnd, decided, v_val] = a;
    return instance == b.instance && (decided || v_rnd == b.v_rnd) && decided == b.decided &&
           equal(v_val, b.v_val);
}
inline bool same(const std::vector<VoteEntry>& a, const std::vector<VoteEntry>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const VoteEntry& x, const VoteEntry& y) { return same(x, y); });
}

inline bool same(const Submit& a, const Submit& b) {
    const auto& [run] = a;
    return equal(run, b.run);
}
inline bool same(const Ack& a, const Ack& b) {
    const auto& [session, next, admitted, gap_end, credit, spoken] = a;
    return std::tie(session, next, admitted, gap_end, credit, spoken) ==
           std::tie(b.session, b.next, b.admitted, b.gap_end, b.credit_bytes, b.ballot);
}
inline bool same(const Prepare& a, const Prepare& b) {
    const auto& [prepared, first] = a;
    return std::tie(prepared, first) == std::tie(b.ballot, b.first);
}
inline bool same(const Promise& a, const Promise& b) {
    const auto& [acceptor, incarnation, promised, covered, decided, trimmed, votes] = a;
    return std::tie(acceptor, incarnation, promised, covered, decided, trimmed) ==
               std::tie(b.acceptor, b.incarnation, b.ballot, b.covered, b.decided_below, b.trimmed_below) &&
           same(votes, b.votes);
}
inline bool same(const Accept& a, const Accept& b) {
    const auto& [reign, instance, v_val] = a;
    return same(reign, b.reign) && instance == b.instance && equal(v_val, b.v_val);
}
inline bool same(const Accepted& a, const Accepted& b) {
    const auto& [acceptor, voted_in, decided, seen, window, voted] = a;
    return std::tie(acceptor, voted_in, decided, seen, window, voted) ==
           std::tie(b.acceptor, b.ballot, b.decided_below, b.seen_below, b.window_bytes, b.voted);
}
inline bool same(const Nack& a, const Nack& b) {
    const auto& [acceptor, refused, promised, trimmed] = a;
    return std::tie(acceptor, refused, promised, trimmed) ==
           std::tie(b.acceptor, b.refused, b.promised, b.trimmed_below);
}
inline bool same(const Beacon& a, const Beacon& b) {
    const auto& [reign, next] = a;
    return same(reign, b.reign) && next == b.next;
}
inline bool same(const RepairRequest& a, const RepairRequest& b) {
    const auto& [budget, wanted] = a;
    return std::tie(budget, wanted) == std::tie(b.budget_bytes, b.wanted);
}
inline bool same(const Repair& a, const Repair& b) {
    const auto& [acceptor, trimmed, decided, last, entries] = a;
    return std::tie(acceptor, trimmed, decided, last) ==
               std::tie(b.acceptor, b.trimmed_below, b.decided_below, b.last) &&
           same(entries, b.entries);
}
inline bool same(const LearnerStatus& a, const LearnerStatus& b) {
    const auto& [learner, delivered, seen, window] = a;
    return std::tie(learner, delivered, seen, window) ==
           std::tie(b.learner, b.delivered_below, b.seen_below, b.window_bytes);
}
inline bool same(const Hello&, const Hello&) {
    return true;
}
inline bool same(const Taken& a, const Taken& b) {
    const auto& [newcomer, pid] = a;
    return std::tie(newcomer, pid) == std::tie(b.newcomer, b.pid);
}
inline bool same(const CheckpointRequest& a, const CheckpointRequest& b) {
    const auto& [of, from] = a;
    return std::tie(of, from) == std::tie(b.at, b.from);
}
inline bool same(const Checkpoint& a, const Checkpoint& b) {
    const auto& [acceptor, of, from, last, entries] = a;
    return std::tie(acceptor, of, from, last, entries) ==
           std::tie(b.acceptor, b.at, b.from, b.last, b.entries);
}
inline bool same(const Heartbeat& a, const Heartbeat& b) {
    const auto& [number, claimed, quiet] = a;
    return std::tie(number, claimed, quiet) == std::tie(b.number, b.ballot, b.quiet);
}
inline bool same(const Echo& a, const Echo& b) {
    const auto& [acceptor, number, promised, claimed, silent] = a;
    return std::tie(acceptor, number, promised, claimed, silent) ==
           std::tie(b.acceptor, b.number, b.promised, b.claimed, b.silent);
}
inline bool same(const Ping&, const Ping&) {
    return true;
}
inline bool same(const Election&, const Election&) {
    return true;
}
inline bool same(const Answer&, const Answer&) {
    return true;
}
inline bool same(const Coordinator&, const Coordinator&) {
    return true;
}
inline bool same(const StatusRequest& a, const StatusRequest& b) {
    const auto& [number] = a;
    return number == b.number;
}
inline bool same(const ProposerReport& a, const ProposerReport& b) {
    const auto& [number, ballot, leads, heard, decided_below, delivered_below, elections, losses] = a;
    return std::tie(number, ballot, leads, heard, decided_below, delivered_below, elections, losses) ==
           std::tie(b.number, b.ballot, b.leads, b.heard, b.decided_below, b.delivered_below, b.elections,
                    b.losses);
}
inline bool same(const AcceptorReport& a, const AcceptorReport& b) {
    const auto& [number, observer, promised, decided_below, trimmed_below, conflicts, losses] = a;
    return std::tie(number, observer, promised, decided_below, trimmed_below, conflicts, losses) ==
           std::tie(b.number, b.observer, b.promised, b.decided_below, b.trimmed_below, b.conflicts,
                    b.losses);
}
inline bool same(const LearnerReport& a, const LearnerReport& b) {
    const auto& [number, decided_below, delivered_below, losses] = a;
    return std::tie(number, decided_below, delivered_below, losses) ==
           std::tie(b.number, b.decided_below, b.delivered_below, b.losses);
}
inline bool same(const ReadQuery& a, const ReadQuery& b) {
    const auto& [number] = a;
    return number == b.number;
}
inline bool same(const ReadIndex& a, const ReadIndex& b) {
    const auto& [acceptor, number, voted_below] = a;
    return std::tie(acceptor, number, voted_below) == std::tie(b.acceptor, b.number, b.voted_below);
}
inline bool same(const Message& a, const Message& b) {
    return a.index() == b.index() &&
           std::visit([&b](const auto& m) { return same(m, std::get<std::decay_t<decltype(m)>>(b)); }, a);
}

}  // namespace synod::wire::test

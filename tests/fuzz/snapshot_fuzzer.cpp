// libFuzzer: a snapshot from another server, and what stands before it. Whatever came is refused, or is a
// state that keeps every invariant, survives a snapshot of its own, and goes on as its copy does.
//
// The input: a byte of choices, then the bytes of a head and, as they are, of a snapshot; or else the place
// in the log, the length of the server's part in two bytes, that part, and that of the store. Headers and
// checksums are made here then, or nothing would get past them.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "synod/core/check.hpp"
#include "synod/core/learner.hpp"
#include "synod/rsm/encoding.hpp"
#include "synod/server/snapshot_head.hpp"
#include "synod/server/state.hpp"

namespace synod::server {
namespace {

constexpr LogName kLog{1, 2};
constexpr InstanceLog::Options kInstances{.chunk_bytes = 64 << 10, .instances_max = 1 << 10};

// As a fetch does, which reads what comes, piece by piece, and throws away what it can.
SnapshotHead read_in_pieces(std::string_view bytes, std::size_t piece, std::string& received) {
    SnapshotHead head;
    while (!bytes.empty() && head.kind == SnapshotHead::Kind::incomplete) {
        received += bytes.substr(0, piece);
        bytes.remove_prefix(std::min(piece, bytes.size()));
        head = read_snapshot_head(received);
        if (head.kind == SnapshotHead::Kind::incomplete) received.erase(0, head.bytes);
    }
    return head;
}

void read_head(std::string_view bytes, std::size_t piece) {
    const SnapshotHead whole = read_snapshot_head(bytes);
    std::string received;
    const SnapshotHead head = read_in_pieces(bytes, piece, received);
    SYNOD_CHECK(whole.bytes <= bytes.size());
    SYNOD_CHECK(head.kind == whole.kind && head.size == whole.size && head.reason == whole.reason);
}

// A snapshot of this log, as far as its headers and checksums go.
std::string sealed(Bytes input, bool of_another_run) {
    rsm::Decoder decoder(input);
    const rsm::SnapshotPoint point{rsm::Position{decoder.integer<std::uint64_t>()},
                                   {decoder.signed_integer()}};
    const auto next = decoder.integer<std::uint64_t>();
    const auto size = decoder.integer<std::uint16_t>();
    const std::string_view rest = decoder.rest();
    std::string bytes;
    rsm::begin_snapshot(kStateFormat, point, bytes);
    rsm::Encoder encoder(bytes);
    encoder.integer(next);
    encoder.integer(kLog.run + (of_another_run ? 1 : 0));
    encoder.integer(kLog.cluster);
    bytes += rest.substr(0, size);
    const std::size_t begin = bytes.size();
    rsm::begin_snapshot(rsm::Once<rsm::Store>::kSnapshotFormat, point, bytes);
    bytes += rest.substr(std::min<std::size_t>(size, rest.size()));
    rsm::end_snapshot(begin, bytes);
    rsm::end_snapshot(0, bytes);
    return bytes;
}

std::string operation(const std::vector<std::string_view>& words, std::uint64_t number) {
    std::string bytes;
    if (number > 0) rsm::encode_once(bytes, {"a", number});
    rsm::encode_operation(bytes, rsm::Protocol::resp3, words);
    return bytes;
}

void check(const State& state) {
    state.replica.machine().last().check_invariants();
    state.replica.machine().machine().keys().check_invariants();
}

// What comes next in the log.
std::string go_on(State& state, Bytes batch) {
    const std::array<std::string, 9> operations{operation({"SET", "a", "value", "PX", "100"}, 0),
                                                operation({"INCR", "n"}, 1),
                                                operation({"INCR", "n"}, 1),
                                                operation({"INCR", "n"}, 2),
                                                operation({"MGET", "a", "b", "n"}, 3),
                                                operation({"RANDOMKEY"}, 0),
                                                operation({"KEYS", "*"}, 0),
                                                operation({"APPEND", "b", "more"}, 0),
                                                operation({"DEL", "a"}, 0)};
    std::string replies;
    std::int64_t ms = 1'000'000;
    for (const std::string& each : operations)
        state.replica.apply({ms += 70}, as_bytes(each), replies);
    state.delivery.deliver(batch, [&](SessionId, Bytes value) { replies += as_text(value); });
    check(state);
    return replies;
}

std::string encoded(const State& state) {
    std::string bytes;
    encode(state, kLog, bytes);
    return bytes;
}

void take(std::string_view snapshot, Bytes batch) {
    std::string fault;
    std::optional<State> state = decode_state(as_bytes(snapshot), kLog, fault);
    SYNOD_CHECK(state.has_value() == fault.empty());
    if (!state) return;
    check(*state);
    const std::string own = encoded(*state);
    std::optional<State> copy = decode_state(as_bytes(own), kLog, fault);
    SYNOD_CHECK(copy.has_value());
    SYNOD_CHECK(encoded(*copy) == own);
    SYNOD_CHECK(go_on(*state, batch) == go_on(*copy, batch));
    SYNOD_CHECK(encoded(*state) == encoded(*copy));

    Learner learner(Learner::Options{.id = LearnerId{1}, .log = kInstances});
    if (state->next > learner.delivered_below()) learner.skip_to(state->next, Time{1'000'000});
    learner.check_invariants();
}

}  // namespace
}  // namespace synod::server

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace synod;
    if (size == 0) return 0;
    const unsigned choices = data[0];
    const Bytes rest(reinterpret_cast<const std::byte*>(data) + 1, size - 1);
    if (choices % 2 == 0) {
        server::read_head(as_text(rest), 1 + choices / 2 % 16);
        server::take(as_text(rest), {});
    } else {
        server::take(server::sealed(rest, choices / 2 % 8 == 7), rest.subspan(rest.size() / 2));
    }
    return 0;
}

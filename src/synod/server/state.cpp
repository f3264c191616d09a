#include "synod/server/state.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "synod/rsm/encoding.hpp"
#include "synod/rsm/snapshot.hpp"

namespace synod::server {

namespace {

constexpr std::size_t kSessionBytes = 16;
constexpr std::uint64_t kNumberMax = std::uint64_t{1}
                                     << 62;  // no history is so long; below, sums do not overflow

void write(rsm::Encoder& encoder, SessionId session) {
    encoder.integer(session.high);
    encoder.integer(session.low);
}

SessionId read_session(rsm::Decoder& decoder) {
    const auto high = decoder.integer<std::uint64_t>();
    return {high, decoder.integer<std::uint64_t>()};
}

bool read_sessions(rsm::Decoder& decoder, Sessions& sessions) {
    std::vector<SessionEntry> entries;
    for (std::size_t left = decoder.count(kSessionBytes + 8); left > 0 && decoder.well_formed(); --left) {
        const SessionId id = read_session(decoder);
        if (!entries.empty() && id <= entries.back().session) return false;
        entries.push_back({id, PieceNumber{decoder.integer<std::uint64_t>()}});
        if (entries.back().next.value() > kNumberMax) return false;
    }
    if (decoder.well_formed()) sessions.append(entries);
    return decoder.well_formed();
}

bool read_open_values(rsm::Decoder& decoder, Delivery& delivery) {
    for (std::size_t left = decoder.count(kSessionBytes + 2); left > 0 && decoder.well_formed(); --left) {
        const SessionId id = read_session(decoder);
        const bool too_large = decoder.integer<std::uint8_t>() != 0;
        delivery.go_on_with(id, as_bytes(decoder.text()), too_large);
    }
    return decoder.well_formed();
}

// The place and the time stand around the store and around all, and the store knows of an earlier time at
// most.
bool agree(const rsm::SnapshotPoint& point, const State& state) {
    const auto& replica = state.replica;
    return point == rsm::SnapshotPoint{replica.position(), replica.time()} &&
           replica.machine().machine().keys().now() <= replica.time();
}

// In words; empty: of this one.
std::string_view fault_of(const LogName& found, const LogName& log) {
    if (found.cluster != log.cluster) return "of another cluster; stop the server that sent it";
    if (found.run != log.run) return "of another run; stop the server that sent it";
    return {};
}

}  // namespace

std::string to_string(const LogName& log) {
    return fmt::format("{:016x} {:016x}", log.run, log.cluster);
}

bool knows_less(const State& further, const State& state, SessionId session) noexcept {
    return further.replica.position() < state.replica.position() ||
           further.delivery.sessions().next(session) < state.delivery.sessions().next(session);
}

void encode(const State& state, const LogName& log, std::string& out) {
    const std::size_t begin = out.size();
    rsm::begin_snapshot(kStateFormat, {state.replica.position(), state.replica.time()}, out);
    rsm::Encoder encoder(out);
    encoder.integer(state.next.value());
    encoder.integer(log.run);
    encoder.integer(log.cluster);
    const auto sessions = state.delivery.sessions().entries();
    encoder.length(sessions.size());
    for (const SessionEntry& entry : sessions) {
        write(encoder, entry.session);
        encoder.integer(entry.next.value());
    }
    encoder.length(state.delivery.open_values());
    state.delivery.for_each_open([&](SessionId session, Bytes so_far, bool too_large) {
        write(encoder, session);
        encoder.integer(static_cast<std::uint8_t>(too_large));
        encoder.text(as_text(so_far));
    });
    state.replica.snapshot(out);
    rsm::end_snapshot(begin, out);
}

std::optional<State> decode_state(Bytes bytes, const LogName& log, std::string& fault) {
    const auto opened = rsm::open_snapshot(kStateFormat, bytes);
    if (const auto* wrong = std::get_if<rsm::SnapshotFault>(&opened)) {
        fault = rsm::name(*wrong);
        return std::nullopt;
    }
    rsm::Decoder decoder(std::get<rsm::OpenedSnapshot>(opened).state);
    State state;
    state.next = InstanceId{decoder.integer<std::uint64_t>()};
    LogName found;
    found.run = decoder.integer<std::uint64_t>();
    found.cluster = decoder.integer<std::uint64_t>();
    fault = fault_of(found, log);
    if (!fault.empty()) return std::nullopt;
    if (state.next.value() > kNumberMax) {
        fault = "of an instance that no log comes to";
        return std::nullopt;
    }
    Sessions sessions;
    if (!read_sessions(decoder, sessions)) {
        fault = "malformed: its sessions";
        return std::nullopt;
    }
    state.delivery = Delivery(std::move(sessions));
    if (!read_open_values(decoder, state.delivery)) {
        fault = "malformed: its open values";
        return std::nullopt;
    }
    if (const auto wrong = state.replica.restore(as_bytes(decoder.rest()))) {
        fault = fmt::format("its store is {}", rsm::name(*wrong));
        return std::nullopt;
    }
    if (!agree(std::get<rsm::OpenedSnapshot>(opened).point, state)) {
        fault = "malformed: its place in the log and its time are not those of its store";
        return std::nullopt;
    }
    return state;
}

}  // namespace synod::server

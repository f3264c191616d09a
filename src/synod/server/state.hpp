#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "synod/core/delivery.hpp"
#include "synod/core/ids.hpp"
#include "synod/rsm/once.hpp"
#include "synod/rsm/replica.hpp"
#include "synod/rsm/snapshot.hpp"
#include "synod/rsm/store.hpp"

namespace synod::server {

// Which log: of which cluster, in which of its lives. What has come of another one is of no use here.
struct LogName {
    std::uint64_t run = 0;
    std::uint64_t cluster = 0;
    friend constexpr bool operator==(const LogName&, const LogName&) noexcept = default;
};
[[nodiscard]] std::string to_string(const LogName& log);  // "RUN CLUSTER", 16 hexadecimal digits each

// All that the instances of the log below `next` have come to: the store, and the clients' sessions with the
// values of which only the first pieces have come. Whoever has it goes on from there as if it had read them.
struct State {
    InstanceId next;
    Delivery delivery;
    rsm::Replica<rsm::Once<rsm::Store>> replica{rsm::Once<rsm::Store>{}};
};

inline constexpr rsm::SnapshotFormat kStateFormat{"synod.server", 2};
// For another server: appends
//     sealed( next:u64 run:u64 cluster:u64 sessions open-values replica )
//     sessions = count ( session:u64*2 next:u64 )*
//     open-values = count ( session:u64*2 too-large:u8 text )*
// where `sealed` is what stands around any snapshot (rsm/snapshot.hpp), a checksum among it.
void encode(const State& state, const LogName& log, std::string& out);
// Never trusts the bytes, and takes no state of another log. What is wrong with them is in `fault`.
[[nodiscard]] std::optional<State> decode_state(Bytes bytes, const LogName& log, std::string& fault);
// Of two states of a log, the one that is further in it knows all pieces of the session that the other does.
[[nodiscard]] bool knows_less(const State& further, const State& state, SessionId session) noexcept;

}  // namespace synod::server

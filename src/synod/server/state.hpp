#pragma once

#include <optional>
#include <string>

#include "synod/core/delivery.hpp"
#include "synod/core/ids.hpp"
#include "synod/rsm/once.hpp"
#include "synod/rsm/replica.hpp"
#include "synod/rsm/store.hpp"

namespace synod::server {

// All that the instances of the log below `next` have come to: the store, and the clients' sessions with the
// values of which only the first pieces have come. Whoever has it goes on from there as if it had read them.
struct State {
    InstanceId next;
    Delivery delivery;
    rsm::Replica<rsm::Once<rsm::Store>> replica{rsm::Once<rsm::Store>{}};
};

// For another server: appends
//     sealed( next:u64 sessions open-values replica )
//     sessions = count ( session:u64*2 next:u64 )*
//     open-values = count ( session:u64*2 too-large:u8 text )*
// where `sealed` is what stands around any snapshot (rsm/snapshot.hpp), a checksum among it.
void encode(const State& state, std::string& out);
// Never trusts the bytes. What is wrong with them is in `fault`.
[[nodiscard]] std::optional<State> decode_state(Bytes bytes, std::string& fault);

}  // namespace synod::server

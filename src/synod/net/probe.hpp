#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "synod/net/address.hpp"
#include "synod/net/interface.hpp"

namespace synod::net {

// Joins the group on the interface as a process of a cluster does, sends it a datagram that no cluster takes
// for its own, and waits for it, for at most so long. False: it has not come. Throws Error when joining or
// sending fails.
[[nodiscard]] bool reaches_members(const Interface& interface, Address group, int timeout_ms);

// The same with a datagram to a process alone, at an ephemeral port of the interface's address.
[[nodiscard]] bool reaches_process(const Interface& interface, int timeout_ms);

// What a socket of this process gets when it asks for a receive or send buffer of so many bytes.
struct GrantedBuffers {
    std::size_t receive_bytes = 0;
    std::size_t send_bytes = 0;
};
[[nodiscard]] GrantedBuffers try_buffers(std::size_t receive_bytes, std::size_t send_bytes);

}  // namespace synod::net

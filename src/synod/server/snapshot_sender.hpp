#pragma once

#include <sys/types.h>

#include "synod/node/owned_fd.hpp"
#include "synod/server/state.hpp"

namespace synod::server {

// Sends snapshots of the state to other servers, one at a time. A child process does it, on its copy of the
// memory: the server goes on meanwhile, whatever the size.
//
// What is sent is a reply of the Redis protocol, a bulk string; or an error, when it cannot be now.
class SnapshotSender {
public:
    SnapshotSender() = default;
    ~SnapshotSender();
    SnapshotSender(const SnapshotSender&) = delete;
    SnapshotSender& operator=(const SnapshotSender&) = delete;

    // To whoever is at the other end.
    void send(node::OwnedFd stream, const State& state);
    // Sees whether the child has ended.
    void tick() noexcept;

private:
    pid_t child_ = -1;
};

// For who cannot have one now.
void refuse_snapshot(node::OwnedFd stream) noexcept;

}  // namespace synod::server

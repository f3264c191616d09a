#pragma once

#include <sys/types.h>

#include <string_view>

#include "synod/core/time.hpp"
#include "synod/node/owned_fd.hpp"
#include "synod/server/state.hpp"

namespace synod::server {

// Sends snapshots of the state to other servers, one at a time. A child process does it, on its copy of the
// memory: the server goes on meanwhile, whatever the size.
//
// What is sent is a sign of life, "\n", before the snapshot is written, and then a reply of the Redis
// protocol, a bulk string; or else an error.
class SnapshotSender {
public:
    // Who reads more slowly keeps others from theirs, and is given up.
    struct Limits {
        std::size_t bytes_per_second = 1'000'000;
        Duration grace = milliseconds(30'000);
    };
    explicit SnapshotSender(const LogName& log) : SnapshotSender(log, Limits{}) {}
    SnapshotSender(const LogName& log, const Limits& limits) : log_(log), limits_(limits) {}
    ~SnapshotSender();
    SnapshotSender(const SnapshotSender&) = delete;
    SnapshotSender& operator=(const SnapshotSender&) = delete;

    // To whoever is at the other end.
    void send(node::OwnedFd stream, const State& state);
    // Sees whether the child has ended.
    void tick() noexcept;

private:
    const LogName log_;
    const Limits limits_;
    pid_t child_ = -1;
};

// Why somebody cannot have one.
inline constexpr std::string_view kSnapshotBusy =
    "-BUSY there is no snapshot to be had just now; ask again\r\n";
inline constexpr std::string_view kSnapshotOfAnother =
    "-ERR this server is of another run, or of another cluster\r\n";
inline constexpr std::string_view kSnapshotForServers =
    "-ERR snapshots are for the servers of the cluster, and this is the address of none\r\n";
void refuse_snapshot(node::OwnedFd stream, std::string_view why) noexcept;

}  // namespace synod::server

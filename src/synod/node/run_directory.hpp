#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

#include "synod/node/owned_fd.hpp"

namespace synod::node {

// The run directory cannot be used: says which path, why, and what to do about it.
class RunDirectoryError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// A live process of this host has that role and id already.
class AlreadyRunning : public std::runtime_error {
public:
    AlreadyRunning(const std::string& what, int pid) : std::runtime_error(what), pid_(pid) {}
    [[nodiscard]] int pid() const noexcept { return pid_; }  // 0 when it could not be found out

private:
    int pid_;
};

// What a process that starts says of itself.
struct RunEntry {
    std::string base;     // the directory of all clusters; empty: $SYNOD_RUN_DIR, or else /tmp/synod
    std::string cluster;  // what names the cluster: see Options::cluster
    std::optional<std::uint64_t> fixed_run;  // the run id, when the configuration fixes it; not 0
    std::string role;                        // "acceptor"
    std::uint16_t id = 0;
    bool leaves_mark = false;  // a role that must not come back after it died: an acceptor in memory
};

// Which life of the cluster this is, and which process has which role in it, as the processes of one host
// (and one network namespace) agree on it in a directory:
//
//   <base>/<hash of the cluster>-<network namespace>/
//       door                   held exclusively by the process that is just entering
//       lock                   held shared by every live process, exclusively by one that starts alone
//       run                    the run id, hexadecimal
//       <role>-<id>.lock       held exclusively by the live process of that role and id; its pid
//       <role>-<id>-<run>.mark made by a role that leaves a mark, the first time it starts in a run
//
// An acceptor that keeps its votes in memory and dies has amnesia: messages alone cannot tell it from one
// that starts for the first time. The mark tells, and it must be made before the first promise is sent.
// A process that starts when no other lives clears the marks and draws a new run id, so that nothing said
// in the run before is heard in this one. With a run id fixed by the configuration (a cluster on several
// hosts) nothing is ever cleared: a person changes the run id.
//
// Locks are the kernel's (flock): a process killed in any way gives them back.
class RunDirectory {
public:
    // Throws RunDirectoryError or AlreadyRunning. Waits for whoever is entering.
    [[nodiscard]] static RunDirectory enter(const RunEntry& entry);

    [[nodiscard]] std::uint64_t run() const noexcept { return run_; }  // never 0
    // False: a process of this role and id lived in this run before. True for roles without a mark.
    [[nodiscard]] bool first_life() const noexcept { return first_life_; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    RunDirectory() = default;

    std::string path_;
    OwnedFd directory_;
    OwnedFd shared_lock_;
    OwnedFd role_lock_;
    std::uint64_t run_ = 0;
    bool first_life_ = true;
};

// Where the processes of a cluster meet: <base>/<name>. `base` as in RunEntry.
[[nodiscard]] std::string run_directory_base(const std::string& base);
[[nodiscard]] std::string run_directory_name(const std::string& cluster);

// Which cluster, as a number: the same on every host.
[[nodiscard]] std::uint64_t cluster_hash(const std::string& cluster) noexcept;

}  // namespace synod::node

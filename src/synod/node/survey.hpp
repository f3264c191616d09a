#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace synod::node {

// A process of a cluster that lives on this host.
struct LivingRole {
    std::string role;
    std::uint16_t id = 0;
    int pid = 0;  // 0: it could not be found out
};

// What a cluster's run directory says, without touching it (see run_directory.hpp).
struct Survey {
    std::string path;
    std::uint64_t run = 0;           // which life of the cluster; 0: none has been here
    std::vector<LivingRole> living;  // in the order of their names
    // Acceptors or servers that left their mark in this run and live no more.
    std::vector<std::uint16_t> dead_voters;
    std::string problem;  // why processes could not use the directory; empty: they can
    std::string remedy;
};

// `base`, `cluster`: as in RunEntry.
[[nodiscard]] Survey survey(const std::string& base, const std::string& cluster);

// Whether /proc/locks (its text) shows an exclusive flock on a file of this inode.
[[nodiscard]] bool shows_exclusive_lock(std::string_view proc_locks, std::uint64_t inode);

}  // namespace synod::node

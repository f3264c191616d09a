#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "synod/cli/server_configuration.hpp"
#include "synod/net/address.hpp"

namespace synod::cli {

// A cluster that is looked at, as its configuration describes it: processes of one role each (paxos.conf), or
// servers, which have every role (paxos.config.json).
struct InspectedCluster {
    std::string configuration;         // its path, for messages
    std::string name;                  // see node::Options::cluster
    std::optional<std::uint64_t> run;  // when it is fixed; else this host's run directory has it
    unsigned acceptors = 3;
    std::string interface = "lo";          // by which this host reaches it
    std::vector<net::Address> groups;      // those of multicast
    std::vector<net::Address> inquire_at;  // what is sent there reaches all processes
    std::uint64_t receive_buffer_bytes = 8U << 20;
    // By their ids: the k-th has the id k in the protocol. None: paxos.conf.
    std::vector<ServerEntry> servers;
};

// A file whose name ends in .json is one of servers. Throws UsageError; net::Error when there is no way from
// this host to the servers.
InspectedCluster read_inspected_cluster(const std::string& path);

// Their ids, as their file has them.
std::vector<ServerId> sids_of(const std::vector<ServerEntry>& servers);

}  // namespace synod::cli

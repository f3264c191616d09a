#include "synod/cli/inspected_cluster.hpp"

#include "synod/cli/configuration.hpp"
#include "synod/member/runtime_options.hpp"
#include "synod/net/interface.hpp"
#include "synod/node/udp_transport.hpp"

namespace synod::cli {
namespace {

InspectedCluster of_roles(const std::string& path) {
    node::Options options;
    read_configuration(path, options);
    InspectedCluster cluster;
    cluster.configuration = path;
    cluster.name = options.cluster;
    cluster.run = options.run;
    cluster.acceptors = options.acceptors;
    cluster.interface = options.interface;
    for (const Endpoint group : options.groups)
        cluster.groups.push_back(node::to_address(group));
    for (const Role role : {Role::proposer, Role::acceptor, Role::learner})
        cluster.inquire_at.push_back(cluster.groups[static_cast<std::size_t>(role)]);
    cluster.receive_buffer_bytes = options.receive_buffer_bytes;
    return cluster;
}

// As the first of them sees it.
InspectedCluster of_servers(const std::string& path) {
    const ServerConfiguration configuration = read_server_configuration(path);
    const ServerEntry& first = configuration.servers.front();
    const node::RuntimeOptions options = member::runtime_options(member_of(configuration, first.sid));
    InspectedCluster cluster;
    cluster.configuration = path;
    cluster.name = options.cluster;
    cluster.run = options.run;
    cluster.acceptors = options.acceptors;
    cluster.interface = net::interface_towards(first.address);
    if (options.group) cluster.groups.push_back(*options.group);
    for (const ServerEntry& server : configuration.servers)
        cluster.inquire_at.push_back(server.address);
    cluster.receive_buffer_bytes = options.receive_buffer_bytes;
    cluster.servers = configuration.servers;
    return cluster;
}

}  // namespace

InspectedCluster read_inspected_cluster(const std::string& path) {
    return path.ends_with(".json") ? of_servers(path) : of_roles(path);
}

std::vector<ServerId> sids_of(const std::vector<ServerEntry>& servers) {
    std::vector<ServerId> sids;
    for (const ServerEntry& server : servers)
        sids.push_back(server.sid);
    return sids;
}

}  // namespace synod::cli

#include "synod/member/runtime_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "synod/core/quorum.hpp"
#include "synod/net/error.hpp"
#include "synod/net/interface.hpp"
#include "synod/node/options.hpp"

namespace synod::member {

namespace {

struct Server {
    std::uint16_t sid = 0;
    net::Address address;
    std::size_t place = 0;  // in the configuration
};

[[noreturn]] void fail(std::size_t place, std::string_view field, std::string_view problem) {
    throw std::invalid_argument(fmt::format("servers[{}].{}: {}", place, field, problem));
}

net::Address parse(const std::string& text, std::size_t place) {
    const auto address = net::parse_address(text);
    if (!address || address->port == 0 || address->ip == 0 || address->is_multicast())
        fail(place, "address",
             fmt::format("'{}' is no address of a server; write it as 127.0.0.1:7001", text));
    return *address;
}

// By their ids.
std::vector<Server> servers_of(const Configuration& configuration) {
    const std::size_t count = configuration.servers.size();
    if (count == 0 || count > kAcceptorsMax)
        throw std::invalid_argument(fmt::format("servers: 1 to {} of them, not {}", kAcceptorsMax, count));
    std::vector<Server> servers;
    for (std::size_t k = 0; k < count; ++k) {
        const Configuration::Server& entry = configuration.servers[k];
        const Server server{entry.sid, parse(entry.address, k), k};
        for (const Server& other : servers) {
            if (other.sid == server.sid)
                fail(k, "sid", fmt::format("{} is that of servers[{}]", server.sid, other.place));
            if (other.address == server.address)
                fail(k, "address", fmt::format("{} is that of servers[{}]", entry.address, other.place));
        }
        servers.push_back(server);
    }
    std::sort(servers.begin(), servers.end(), [](const Server& a, const Server& b) { return a.sid < b.sid; });
    return servers;
}

std::optional<net::Address> group_of(const std::string& text) {
    if (text.empty()) return std::nullopt;
    const auto group = net::parse_address(text);
    if (!group || group->port == 0 || !group->is_multicast())
        throw std::invalid_argument(
            fmt::format("multicast: '{}' is no multicast group; write it as 239.255.7.1:7000", text));
    return group;
}

void check_sizes(const Configuration& configuration) {
    using namespace node;
    if (configuration.history_bytes < kHistoryBytesMin)
        throw std::invalid_argument(fmt::format("history_bytes: {} are too few, less than {}",
                                                configuration.history_bytes, kHistoryBytesMin));
    const std::uint64_t buffer = configuration.receive_buffer_bytes;
    if (buffer < kReceiveBufferBytesMin || buffer > kReceiveBufferBytesMax)
        throw std::invalid_argument(fmt::format("receive_buffer_bytes: {} to {}, not {}",
                                                kReceiveBufferBytesMin, kReceiveBufferBytesMax, buffer));
}

}  // namespace

node::RuntimeOptions runtime_options(const Configuration& configuration) {
    const std::vector<Server> servers = servers_of(configuration);
    const auto self = std::find_if(servers.begin(), servers.end(),
                                   [&](const Server& server) { return server.sid == configuration.sid; });
    if (self == servers.end())
        throw std::invalid_argument(fmt::format("sid: no server has the id {}", configuration.sid));

    if (configuration.run == 0) throw std::invalid_argument("run: numbers of runs begin with 1");
    check_sizes(configuration);

    node::RuntimeOptions options;
    options.id = static_cast<std::uint16_t>(self - servers.begin() + 1);
    options.address = self->address;
    options.acceptors = static_cast<unsigned>(servers.size());
    for (const Server& server : servers) {
        if (server.sid != self->sid) options.peers.push_back(server.address);
        options.cluster += fmt::format("{}={} ", server.sid, net::to_string(server.address));
    }
    options.group = group_of(configuration.multicast);
    if (options.group) options.cluster += fmt::format("by {}", net::to_string(*options.group));
    // Those of several hosts have no run directory in common, which could draw a number.
    const bool one_host = std::all_of(servers.begin(), servers.end(), [](const Server& each) {
        return net::is_of_this_host(each.address.ip);
    });
    options.run = configuration.run;
    if (!options.run && !one_host) options.run = 1;
    options.run_directory = configuration.run_directory;
    options.history_bytes = configuration.history_bytes;
    options.receive_buffer_bytes = configuration.receive_buffer_bytes;
    return options;
}

}  // namespace synod::member

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "synod/member/configuration.hpp"
#include "synod/net/address.hpp"

namespace synod::cli {

// Who a server is, among the servers of its file.
using ServerId = std::uint16_t;

struct ServerEntry {
    ServerId sid = 0;
    net::Address address;               // UDP, to the other servers
    std::optional<net::Address> redis;  // TCP, to Redis clients
    friend constexpr bool operator==(const ServerEntry&, const ServerEntry&) = default;
};

// paxos.config.json.
struct ServerConfiguration {
    std::string path;                       // for messages
    std::optional<ServerId> sid;            // of who reads the file
    std::vector<ServerEntry> servers;       // by their ids
    std::optional<net::Address> multicast;  // the group of all servers, if there is one
};

// client.config.json.
struct ClientConfiguration {
    std::string path;
    std::optional<ServerId> leader;  // to be tried first
    std::vector<ServerEntry> servers;
};

// `path` is for messages only. Each throws UsageError, which names the file, the place in it
// ("servers[2].address"), what is wrong and what was expected.
ServerConfiguration parse_server_configuration(std::string_view text, const std::string& path);
ClientConfiguration parse_client_configuration(std::string_view text, const std::string& path);
// Of a file.
ServerConfiguration read_server_configuration(const std::string& path);
ClientConfiguration read_client_configuration(const std::string& path);

// The servers, as the library wants to know them; which of them it is.
member::Configuration member_of(const ServerConfiguration& configuration, ServerId sid);

// Where an id may stand beside the configuration: a text, or null.
struct ServerIdSources {
    const char* option = nullptr;     // --sid
    const char* synod_sid = nullptr;  // SYNOD_SID in the environment
    const char* paxos_sid = nullptr;  // PAXOS_SID
};
// The first that is there, then that of the file. Throws UsageError: there is none, or it is no server's.
const ServerEntry& this_server(const ServerConfiguration& configuration, const ServerIdSources& sources);

}  // namespace synod::cli

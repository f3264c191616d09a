#include "synod/cli/server_configuration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "synod/cli/json_place.hpp"
#include "synod/cli/small_file.hpp"
#include "synod/cli/text.hpp"

namespace synod::cli {
namespace {

constexpr std::size_t kServersMax = 15;
constexpr std::uint64_t kServerIdMax = 65535;
constexpr std::string_view kId = "a number from 0 to 65535";
constexpr std::string_view kAddress = "an IPv4 address and a port from 1 to 65535 (\"127.0.0.1:7001\")";
constexpr std::string_view kGroup =
    "a group from 224.0.0.0 to 239.255.255.255 and a port from 1 to 65535 (\"239.255.7.1:7000\")";
constexpr std::string_view kServers =
    "[{\"sid\": 1, \"address\": \"127.0.0.1:7001\", \"redis\": \"127.0.0.1:6381\"}, ...] or "
    "{\"1\": \"127.0.0.1:7001\", ...}, of 1 to 15 servers";

ServerId id_at(const JsonPlace& place) {
    const auto& value = place.value();
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > kServerIdMax)
        place.fail(shown_json(value) + " is no server's id", kId);
    return value.get<ServerId>();
}

net::Address address_at(const JsonPlace& place) {
    const auto& value = place.value();
    const auto address = value.is_string() ? net::parse_address(value.get<std::string>()) : std::nullopt;
    if (!address || address->port == 0) place.fail(shown_json(value) + " is no address", kAddress);
    if (address->ip == 0 || address->is_multicast())
        place.fail(shown_json(value) + " is not the address of one host", kAddress);
    return *address;
}

net::Address group_at(const JsonPlace& place) {
    const auto& value = place.value();
    const auto group = value.is_string() ? net::parse_address(value.get<std::string>()) : std::nullopt;
    if (!group || group->port == 0 || !group->is_multicast())
        place.fail(shown_json(value) + " is no multicast group", kGroup);
    return *group;
}

template <typename Parse>
auto optional_member(const JsonPlace& object, const std::string& name, Parse parse) {
    using Value = decltype(parse(object));
    return object.value().contains(name) ? std::optional<Value>(parse(object.member(name))) : std::nullopt;
}

void expect_member(const JsonPlace& object, const std::string& name, std::string_view expected) {
    if (!object.value().contains(name)) object.fail(fmt::format("there is no \"{}\"", name), expected);
}

// {"sid": 1, "address": "...", "redis": "..."}
ServerEntry server_at(const JsonPlace& place) {
    place.expect_object({"sid", "address", "redis"});
    expect_member(place, "sid", kId);
    expect_member(place, "address", kAddress);
    return {id_at(place.member("sid")), address_at(place.member("address")),
            optional_member(place, "redis", address_at)};
}

// "1": "..."
ServerEntry server_named(const JsonPlace& servers, const std::string& name) {
    const auto sid = parse_unsigned(name, 0, kServerIdMax);
    if (!sid || std::to_string(*sid) != name) servers.fail(shown(name) + " is no server's id", kId);
    return {static_cast<ServerId>(*sid), address_at(servers.member(name)), std::nullopt};
}

// A server listens at both of its addresses for Redis clients.
void expect_apart(const net::Address& address, const ServerEntry& other, const JsonPlace& place) {
    if (address == other.address)
        place.fail(fmt::format("{} is the address of server {}", net::to_string(address), other.sid),
                   "an address of its own");
    if (address == other.redis)
        place.fail(
            fmt::format("{} is where Redis clients reach server {}", net::to_string(address), other.sid),
            "an address of its own");
}

// Adds a server, whose place in the file is for messages.
void add(std::vector<ServerEntry>& servers, const ServerEntry& server, const JsonPlace& place) {
    for (const ServerEntry& other : servers) {
        if (other.sid == server.sid)
            place.fail(fmt::format("the id {} is that of another server", server.sid), "an id of its own");
        expect_apart(server.address, other, place);
        if (server.redis) expect_apart(*server.redis, other, place);
    }
    servers.push_back(server);
}

std::vector<ServerEntry> servers_at(const JsonPlace& place) {
    std::vector<ServerEntry> servers;
    const auto& value = place.value();
    if ((!value.is_array() && !value.is_object()) || value.empty() || value.size() > kServersMax)
        place.fail(shown_json(value) + " does not do", kServers);
    if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i)
            add(servers, server_at(place.element(i)), place.element(i));
    } else {
        for (const auto& [name, address] : value.items())
            add(servers, server_named(place, name), place.member(name));
    }
    std::sort(servers.begin(), servers.end(),
              [](const ServerEntry& a, const ServerEntry& b) { return a.sid < b.sid; });
    return servers;
}

std::vector<ServerEntry> servers_of(const JsonPlace& whole) {
    expect_member(whole, "servers", kServers);
    return servers_at(whole.member("servers"));
}

const ServerEntry* find(const std::vector<ServerEntry>& servers, std::uint64_t sid) {
    const auto found = std::find_if(servers.begin(), servers.end(),
                                    [&](const ServerEntry& each) { return each.sid == sid; });
    return found == servers.end() ? nullptr : &*found;
}

std::string ids_of(const std::vector<ServerEntry>& servers) {
    std::vector<ServerId> ids;
    for (const ServerEntry& server : servers)
        ids.push_back(server.sid);
    return fmt::format("one of {}", fmt::join(ids, ", "));
}

void expect_known(const JsonPlace& whole, const char* name, const std::optional<ServerId>& id,
                  const std::vector<ServerEntry>& servers) {
    if (id && find(servers, *id) == nullptr)
        whole.member(name).fail(fmt::format("{} is none of the servers", *id), ids_of(servers));
}

std::string expected_as(std::string_view example) {
    return fmt::format("an object with \"servers\", as in examples/{}", example);
}

}  // namespace

ServerConfiguration parse_server_configuration(std::string_view text, const std::string& path) {
    const auto json = parse_json(text, path);
    const JsonPlace whole(json, path);
    if (json.is_object() && json.contains("leader"))
        whole.fail("'leader' means nothing here",
                   "a file for servers; this one is for their clients (synod kv)");
    whole.expect_object({"sid", "servers", "multicast", "$schema"});
    ServerConfiguration configuration{path, optional_member(whole, "sid", id_at), servers_of(whole),
                                      optional_member(whole, "multicast", group_at)};
    expect_known(whole, "sid", configuration.sid, configuration.servers);
    return configuration;
}

ClientConfiguration parse_client_configuration(std::string_view text, const std::string& path) {
    const auto json = parse_json(text, path);
    const JsonPlace whole(json, path);
    whole.expect_object({"leader", "servers", "$schema"});
    ClientConfiguration configuration{path, optional_member(whole, "leader", id_at), servers_of(whole)};
    expect_known(whole, "leader", configuration.leader, configuration.servers);
    return configuration;
}

ServerConfiguration read_server_configuration(const std::string& path) {
    return parse_server_configuration(read_small_file(path, expected_as("paxos.config.json")), path);
}

ClientConfiguration read_client_configuration(const std::string& path) {
    return parse_client_configuration(read_small_file(path, expected_as("client.config.json")), path);
}

member::Configuration member_of(const ServerConfiguration& configuration, ServerId sid) {
    member::Configuration member;
    member.sid = sid;
    for (const ServerEntry& server : configuration.servers)
        member.servers.push_back({server.sid, net::to_string(server.address)});
    if (configuration.multicast) member.multicast = net::to_string(*configuration.multicast);
    return member;
}

const ServerEntry& this_server(const ServerConfiguration& configuration, const ServerIdSources& sources) {
    const std::array<std::pair<std::string_view, const char*>, 3> texts{
        {{"--sid", sources.option}, {"SYNOD_SID", sources.synod_sid}, {"PAXOS_SID", sources.paxos_sid}}};
    for (const auto& [source, text] : texts) {
        if (text == nullptr) continue;
        const auto sid = parse_unsigned(text, 0, kServerIdMax);
        const ServerEntry* server = sid ? find(configuration.servers, *sid) : nullptr;
        if (server == nullptr)
            throw UsageError(fmt::format("{}: {} is no server of {}; expected {}", source, shown(text),
                                         configuration.path, ids_of(configuration.servers)));
        return *server;
    }
    if (!configuration.sid)
        throw UsageError(fmt::format(
            "which of the servers of {} is this? expected --sid, SYNOD_SID or PAXOS_SID in the environment, "
            "or \"sid\" in the file: {}",
            configuration.path, ids_of(configuration.servers)));
    return *find(configuration.servers, *configuration.sid);
}

}  // namespace synod::cli

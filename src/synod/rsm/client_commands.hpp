#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "synod/rsm/protocol.hpp"
#include "synod/rsm/reply_writer.hpp"

namespace synod::rsm {

// What a connection knows of its client.
struct ClientInfo {
    std::uint64_t id = 0;
    std::string address;  // "127.0.0.1:41234"
    std::string name = {};
    Protocol protocol = Protocol::resp2;
};

// Writes what the client is answered, in the protocol that it chose.
[[nodiscard]] inline ReplyWriter writer(const ClientInfo& client, std::string& out) noexcept {
    return {out, client.protocol};
}

// What clients may ask of the server around their connections.
class ServerFacts {
public:
    using Fields = std::vector<std::pair<std::string, std::string>>;
    struct Section {
        std::string name;  // "Server"
        Fields fields;     // "uptime_in_seconds", "12"
    };

    ServerFacts() = default;
    ServerFacts(const ServerFacts&) = delete;
    ServerFacts& operator=(const ServerFacts&) = delete;
    virtual ~ServerFacts() = default;

    [[nodiscard]] virtual std::vector<Section> info() const = 0;
    [[nodiscard]] virtual Fields configuration() const = 0;
    // The keys take more memory than they may: what may need more is refused.
    [[nodiscard]] virtual bool is_full() const = 0;
    // A line for each connection, as Connection::describe() has it.
    [[nodiscard]] virtual std::string clients() const = 0;
};

// The Redis whose replies these are.
inline constexpr std::string_view kRedisVersion = "7.0.15";

// Commands that a connection answers by itself, by their names in Redis.
// REQUIRES: as many arguments as the command table says.
void auth(ClientInfo&, const ServerFacts&, Arguments, std::string& out);
void echo(ClientInfo&, const ServerFacts&, Arguments, std::string& out);
void hello(ClientInfo&, const ServerFacts&, Arguments, std::string& out);
void ping(ClientInfo&, const ServerFacts&, Arguments, std::string& out);
void select(ClientInfo&, const ServerFacts&, Arguments, std::string& out);
void client_getname(ClientInfo&, const ServerFacts&, Arguments, std::string& out);
void client_id(ClientInfo&, const ServerFacts&, Arguments, std::string& out);
void client_info(ClientInfo&, const ServerFacts&, Arguments, std::string& out);
void client_list(ClientInfo&, const ServerFacts&, Arguments, std::string& out);
void client_setinfo(ClientInfo&, const ServerFacts&, Arguments, std::string& out);
void client_setname(ClientInfo&, const ServerFacts&, Arguments, std::string& out);

// server_commands.cpp
void command(ClientInfo&, const ServerFacts&, Arguments, std::string& out);
void command_count(ClientInfo&, const ServerFacts&, Arguments, std::string& out);
void command_docs(ClientInfo&, const ServerFacts&, Arguments, std::string& out);
void command_info(ClientInfo&, const ServerFacts&, Arguments, std::string& out);
void command_list(ClientInfo&, const ServerFacts&, Arguments, std::string& out);
void config_get(ClientInfo&, const ServerFacts&, Arguments, std::string& out);
void help(ClientInfo&, const ServerFacts&, Arguments, std::string& out);
void info(ClientInfo&, const ServerFacts&, Arguments, std::string& out);

// As CLIENT LIST has it, without an end of line.
[[nodiscard]] std::string describe(const ClientInfo& client);

}  // namespace synod::rsm

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "synod/rsm/protocol.hpp"

namespace synod::rsm {

// What a connection knows of its client.
struct Client {
    std::uint64_t id = 0;
    std::string address;  // "127.0.0.1:41234"
    std::string name = {};
    Protocol protocol = Protocol::resp2;
};

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
void auth(Client&, const ServerFacts&, Arguments, std::string& out);
void echo(Client&, const ServerFacts&, Arguments, std::string& out);
void hello(Client&, const ServerFacts&, Arguments, std::string& out);
void ping(Client&, const ServerFacts&, Arguments, std::string& out);
void select(Client&, const ServerFacts&, Arguments, std::string& out);
void client_getname(Client&, const ServerFacts&, Arguments, std::string& out);
void client_id(Client&, const ServerFacts&, Arguments, std::string& out);
void client_info(Client&, const ServerFacts&, Arguments, std::string& out);
void client_list(Client&, const ServerFacts&, Arguments, std::string& out);
void client_setinfo(Client&, const ServerFacts&, Arguments, std::string& out);
void client_setname(Client&, const ServerFacts&, Arguments, std::string& out);

// server_commands.cpp
void command(Client&, const ServerFacts&, Arguments, std::string& out);
void command_count(Client&, const ServerFacts&, Arguments, std::string& out);
void command_docs(Client&, const ServerFacts&, Arguments, std::string& out);
void command_info(Client&, const ServerFacts&, Arguments, std::string& out);
void command_list(Client&, const ServerFacts&, Arguments, std::string& out);
void config_get(Client&, const ServerFacts&, Arguments, std::string& out);
void help(Client&, const ServerFacts&, Arguments, std::string& out);
void info(Client&, const ServerFacts&, Arguments, std::string& out);

// As CLIENT LIST has it, without an end of line.
[[nodiscard]] std::string describe(const Client& client);

}  // namespace synod::rsm

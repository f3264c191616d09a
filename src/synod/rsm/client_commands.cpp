#include "synod/rsm/client_commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "synod/rsm/command.hpp"
#include "synod/rsm/number.hpp"

namespace synod::rsm {

namespace {

constexpr std::string_view kWrongPassword = "WRONGPASS invalid username-password pair or user is disabled.";
constexpr std::string_view kBadName =
    "ERR Client names cannot contain spaces, newlines or special characters.";
constexpr std::string_view kLongName = "ERR Client names cannot be longer than 1024 bytes.";
// CLIENT LIST names all clients, thousands of them.
constexpr std::size_t kClientNameBytesMax = 1024;

// There is one user, and it needs no password.
bool is_known_user(std::string_view user) {
    return user == "default";
}

// Empty: there is none.
std::string_view error_in_name(std::string_view text) {
    if (text.size() > kClientNameBytesMax) return kLongName;
    const bool is_name = std::all_of(text.begin(), text.end(), [](char c) { return c >= '!' && c <= '~'; });
    return is_name ? std::string_view() : kBadName;
}

// What HELLO asks for beside the protocol.
struct HelloOptions {
    std::optional<std::string_view> user;
    std::optional<std::string_view> name;
};

// The error, when there is one.
std::string parse_hello(Arguments rest, HelloOptions& options) {
    while (!rest.empty()) {
        std::size_t taken = 0;
        if (is_word(rest[0], "auth") && rest.size() >= 3) {
            options.user = rest[1];
            taken = 3;
        } else if (is_word(rest[0], "setname") && rest.size() >= 2) {
            options.name = rest[1];
            taken = 2;
        } else {
            return fmt::format("ERR Syntax error in HELLO option '{}'", rest[0]);
        }
        rest = rest.subspan(taken);
    }
    return {};
}

void reply_to_hello(const ClientInfo& client, ReplyWriter reply) {
    reply.map(7);
    reply.bulk("server");
    reply.bulk("redis");
    reply.bulk("version");
    reply.bulk(kRedisVersion);
    reply.bulk("proto");
    reply.integer(static_cast<std::int64_t>(client.protocol));
    reply.bulk("id");
    reply.integer(static_cast<std::int64_t>(client.id));
    reply.bulk("mode");
    reply.bulk("standalone");
    reply.bulk("role");
    reply.bulk("master");
    reply.bulk("modules");
    reply.array(0);
}

}  // namespace

void ping(ClientInfo& client, const ServerFacts&, Arguments arguments, std::string& out) {
    ReplyWriter reply = writer(client, out);
    if (arguments.size() > 2) return reply.error(wrong_number_of_arguments("ping"));
    if (arguments.size() == 2) return reply.bulk(arguments[1]);
    reply.simple("PONG");
}

void echo(ClientInfo& client, const ServerFacts&, Arguments arguments, std::string& out) {
    writer(client, out).bulk(arguments[1]);
}

void select(ClientInfo& client, const ServerFacts&, Arguments arguments, std::string& out) {
    ReplyWriter reply = writer(client, out);
    const auto database = parse_integer(arguments[1]);
    if (!database) return reply.error(kNoInteger);
    constexpr std::int64_t kMin = std::numeric_limits<std::int32_t>::min();
    constexpr std::int64_t kMax = std::numeric_limits<std::int32_t>::max();
    if (*database < kMin || *database > kMax)
        return reply.error(
            fmt::format("ERR value is out of range, value must between {} and {}", kMin, kMax));
    if (*database != 0) return reply.error("ERR DB index is out of range");
    reply.ok();
}

void auth(ClientInfo& client, const ServerFacts&, Arguments arguments, std::string& out) {
    ReplyWriter reply = writer(client, out);
    if (arguments.size() > 3) return reply.error(kSyntaxError);
    if (arguments.size() == 2)
        return reply.error(
            "ERR AUTH <password> called without any password configured for the default user. "
            "Are you sure your configuration is correct?");
    if (!is_known_user(arguments[1])) return reply.error(kWrongPassword);
    reply.ok();
}

void hello(ClientInfo& client, const ServerFacts&, Arguments arguments, std::string& out) {
    ReplyWriter reply = writer(client, out);
    Protocol protocol = client.protocol;
    HelloOptions options;
    if (arguments.size() > 1) {
        const auto version = parse_integer(arguments[1]);
        if (!version) return reply.error("ERR Protocol version is not an integer or out of range");
        if (*version != 2 && *version != 3) return reply.error("NOPROTO unsupported protocol version");
        protocol = *version == 2 ? Protocol::resp2 : Protocol::resp3;
        const std::string error = parse_hello(arguments.subspan(2), options);
        if (!error.empty()) return reply.error(error);
    }
    if (options.user && !is_known_user(*options.user)) return reply.error(kWrongPassword);
    const std::string_view error = error_in_name(options.name.value_or(std::string_view()));
    if (!error.empty()) return reply.error(error);
    if (options.name) client.name = *options.name;
    client.protocol = protocol;
    reply_to_hello(client, writer(client, out));
}

void client_id(ClientInfo& client, const ServerFacts&, Arguments, std::string& out) {
    writer(client, out).integer(static_cast<std::int64_t>(client.id));
}

void client_getname(ClientInfo& client, const ServerFacts&, Arguments, std::string& out) {
    if (client.name.empty()) return writer(client, out).null();
    writer(client, out).bulk(client.name);
}

void client_setname(ClientInfo& client, const ServerFacts&, Arguments arguments, std::string& out) {
    const std::string_view error = error_in_name(arguments[2]);
    if (!error.empty()) return writer(client, out).error(error);
    client.name = arguments[2];
    writer(client, out).ok();
}

// Libraries send it unasked.
void client_setinfo(ClientInfo& client, const ServerFacts&, Arguments arguments, std::string& out) {
    if (!is_word(arguments[2], "lib-name") && !is_word(arguments[2], "lib-ver"))
        return writer(client, out).error(fmt::format("ERR Unrecognized option '{}'", arguments[2]));
    writer(client, out).ok();
}

void client_info(ClientInfo& client, const ServerFacts&, Arguments, std::string& out) {
    writer(client, out).verbatim(describe(client) + "\n");
}

void client_list(ClientInfo& client, const ServerFacts& server, Arguments arguments, std::string& out) {
    if (arguments.size() > 2) return writer(client, out).error(kSyntaxError);
    writer(client, out).verbatim(server.clients());
}

std::string describe(const ClientInfo& client) {
    return fmt::format("id={} addr={} name={} db=0 user=default resp={}", client.id, client.address,
                       client.name, static_cast<int>(client.protocol));
}

}  // namespace synod::rsm

// COMMAND, CONFIG GET, INFO, and HELP of those that have subcommands.

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "synod/rsm/client_commands.hpp"
#include "synod/rsm/command.hpp"
#include "synod/rsm/glob.hpp"

namespace synod::rsm {

namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), to_lower);
    return result;
}

std::vector<const Command*> top_commands() {
    std::vector<const Command*> commands;
    for (const Command& command : all_commands())
        if (!command.is_subcommand()) commands.push_back(&command);
    return commands;
}

std::vector<std::string_view> flags_of(const Command& command) {
    std::vector<std::string_view> flags;
    if (command.read != nullptr) flags.emplace_back("readonly");
    if (command.write != nullptr) flags.emplace_back("write");
    if (command.grows) flags.emplace_back("denyoom");
    if (!command.is_of_store()) flags.emplace_back("fast");
    return flags;
}

// As of Redis 7: what comes after the step is the ACL categories, hints, key specifications and subcommands.
void write_command(const Command& command, ReplyWriter& reply) {
    reply.array(10);
    reply.bulk(command.name);
    reply.integer(command.arity);
    const auto flags = flags_of(command);
    reply.set(flags.size());
    for (const std::string_view flag : flags)
        reply.simple(flag);
    reply.integer(command.first_key);
    reply.integer(command.last_key);
    reply.integer(command.key_step);
    reply.set(0);
    reply.array(0);
    reply.array(0);
    reply.array(0);
}

void write_docs(const Command& command, ReplyWriter& reply) {
    reply.bulk(command.name);
    reply.map(2);
    reply.bulk("summary");
    reply.bulk(command.summary);
    reply.bulk("group");
    reply.bulk(command.group);
}

// Those that are there.
std::vector<const Command*> commands_named(Arguments names) {
    std::vector<const Command*> found;
    for (const std::string_view name : names)
        if (const Command* command = find_command(name)) found.push_back(command);
    return found;
}

bool is_asked_for(const std::string& section, Arguments names) {
    return names.empty() || std::any_of(names.begin(), names.end(), [&](std::string_view name) {
               return is_word(name, lower(section)) || is_word(name, "all") || is_word(name, "default") ||
                      is_word(name, "everything");
           });
}

}  // namespace

void command(ClientInfo& client, const ServerFacts&, Arguments, std::string& out) {
    ReplyWriter reply = writer(client, out);
    const auto commands = top_commands();
    reply.array(commands.size());
    for (const Command* each : commands)
        write_command(*each, reply);
}

void command_count(ClientInfo& client, const ServerFacts&, Arguments, std::string& out) {
    writer(client, out).integer(static_cast<std::int64_t>(top_commands().size()));
}

void command_list(ClientInfo& client, const ServerFacts&, Arguments, std::string& out) {
    ReplyWriter reply = writer(client, out);
    const auto commands = top_commands();
    reply.array(commands.size());
    for (const Command* each : commands)
        reply.bulk(each->name);
}

void command_info(ClientInfo& client, const ServerFacts& server, Arguments arguments, std::string& out) {
    if (arguments.size() == 2) return command(client, server, arguments, out);
    ReplyWriter reply = writer(client, out);
    reply.array(arguments.size() - 2);
    for (const std::string_view name : arguments.subspan(2)) {
        const Command* found = find_command(name);
        if (found == nullptr)
            reply.null_array();
        else
            write_command(*found, reply);
    }
}

void command_docs(ClientInfo& client, const ServerFacts&, Arguments arguments, std::string& out) {
    ReplyWriter reply = writer(client, out);
    const auto commands = arguments.size() == 2 ? top_commands() : commands_named(arguments.subspan(2));
    reply.map(commands.size());
    for (const Command* each : commands)
        write_docs(*each, reply);
}

void help(ClientInfo& client, const ServerFacts&, Arguments arguments, std::string& out) {
    const Command& container = *find_command(arguments[0]);
    const std::string prefix = fmt::format("{}|", container.name);
    std::vector<std::string> lines{fmt::format("{} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
                                               in_upper_case(container.name))};
    for (const Command& command : all_commands()) {
        if (!command.name.starts_with(prefix)) continue;
        lines.push_back(in_upper_case(command.name.substr(prefix.size())));
        lines.push_back(fmt::format("    {}", command.summary));
    }
    ReplyWriter reply = writer(client, out);
    reply.array(lines.size());
    for (const std::string& line : lines)
        reply.simple(line);
}

void config_get(ClientInfo& client, const ServerFacts& server, Arguments arguments, std::string& out) {
    const Arguments patterns = arguments.subspan(2);
    ServerFacts::Fields fields = server.configuration();
    std::erase_if(fields, [&](const auto& field) {
        return std::none_of(patterns.begin(), patterns.end(), [&](std::string_view pattern) {
            return glob_matches(lower(pattern), field.first);
        });
    });
    ReplyWriter reply = writer(client, out);
    reply.map(fields.size());
    for (const auto& [name, value] : fields) {
        reply.bulk(name);
        reply.bulk(value);
    }
}

void info(ClientInfo& client, const ServerFacts& server, Arguments arguments, std::string& out) {
    std::string text;
    for (const auto& [section, fields] : server.info()) {
        if (!is_asked_for(section, arguments.subspan(1))) continue;
        text += fmt::format("{}# {}\r\n", text.empty() ? "" : "\r\n", section);
        for (const auto& [name, value] : fields)
            text += fmt::format("{}:{}\r\n", name, value);
    }
    writer(client, out).verbatim(text);
}

}  // namespace synod::rsm

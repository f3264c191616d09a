#include "synod/rsm/command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "synod/core/check.hpp"
#include "synod/rsm/client_commands.hpp"
#include "synod/rsm/store_commands.hpp"

namespace synod::rsm {

namespace {

constexpr std::size_t kCommandNameBytesMax = 24;

constexpr Command answering(std::string_view name, int arity, std::string_view group, Own own,
                            std::string_view summary) {
    return {name, arity, group, summary, 0, 0, 0, nullptr, nullptr, own};
}

constexpr Command controlling(std::string_view name, int arity, std::string_view group, Control control,
                              std::string_view summary) {
    return {name, arity, group, summary, 0, 0, 0, nullptr, nullptr, nullptr, control};
}

// Of the one key that follows the name, unless another place is given.
constexpr Command reading(std::string_view name, int arity, std::string_view group, Read read,
                          std::string_view summary, int first = 1, int last = 1) {
    return {name, arity, group, summary, first, last, first == 0 ? 0 : 1, read, nullptr};
}

constexpr Command telling_time(std::string_view name, Read read, std::string_view summary) {
    Command command = reading(name, 2, "generic", read, summary);
    command.of_time = true;
    return command;
}

constexpr Command writing(std::string_view name, int arity, std::string_view group, Write write,
                          std::string_view summary, int first = 1, int last = 1, int step = 1) {
    return {name, arity, group, summary, first, last, first == 0 ? 0 : step, nullptr, write};
}

// As `writing`, of what may need more memory.
constexpr Command growing(std::string_view name, int arity, std::string_view group, Write write,
                          std::string_view summary, int first = 1, int last = 1, int step = 1) {
    Command command = writing(name, arity, group, write, summary, first, last, step);
    command.grows = true;
    return command;
}

constexpr Command kCommands[] = {
    growing("append", 3, "string", append, "Appends to a value."),
    answering("auth", -2, "connection", auth, "Authenticates the connection."),
    answering("client", -2, "connection", nullptr, "What concerns the connection itself."),
    answering("client|getname", 2, "connection", client_getname, "The connection's name."),
    answering("client|help", 2, "connection", help, "The subcommands."),
    answering("client|id", 2, "connection", client_id, "The connection's number."),
    answering("client|info", 2, "connection", client_info, "A line about the connection."),
    answering("client|list", -2, "connection", client_list, "A line about each connection of this server."),
    answering("client|setinfo", 4, "connection", client_setinfo,
              "Takes the name or version of the client's library."),
    answering("client|setname", 3, "connection", client_setname, "Names the connection."),
    answering("command", -1, "server", command, "All commands."),
    answering("command|count", 2, "server", command_count, "How many commands there are."),
    answering("command|docs", -2, "server", command_docs, "What commands do."),
    answering("command|help", 2, "server", help, "The subcommands."),
    answering("command|info", -2, "server", command_info, "What commands take."),
    answering("command|list", 2, "server", command_list, "The names of all commands."),
    answering("config", -2, "server", nullptr, "What concerns the configuration."),
    answering("config|get", -3, "server", config_get, "Parameters whose names match a pattern."),
    answering("config|help", 2, "server", help, "The subcommands."),
    reading("dbsize", 1, "server", dbsize, "How many keys there are.", 0, 0),
    growing("decr", 2, "string", decr, "Subtracts one from a number."),
    growing("decrby", 3, "string", decrby, "Subtracts from a number."),
    writing("del", -2, "generic", del, "Removes keys.", 1, -1),
    controlling("discard", 1, "transactions", Control::discard, "Forgets what was queued."),
    answering("echo", 2, "connection", echo, "Says what it is told."),
    controlling("exec", 1, "transactions", Control::exec, "Runs what was queued, at once."),
    reading("exists", -2, "generic", exists, "How many of the keys there are.", 1, -1),
    writing("expire", -3, "generic", expire, "Sets how many seconds a key has."),
    writing("expireat", -3, "generic", expireat, "Sets the second until which a key is there."),
    reading("expiretime", 2, "generic", expiretime, "The second until which a key is there."),
    writing("flushall", -1, "server", flushall, "Removes all keys.", 0, 0),
    writing("flushdb", -1, "server", flushall, "Removes all keys.", 0, 0),
    reading("get", 2, "string", get, "A value."),
    writing("getdel", 2, "string", getdel, "Removes a key and returns its value."),
    writing("getex", -2, "string", getex, "Returns a value and sets how long it is there."),
    reading("getrange", 4, "string", getrange, "A part of a value."),
    growing("getset", 3, "string", getset, "Sets a value and returns the one before."),
    answering("hello", -1, "connection", hello, "Chooses the protocol."),
    growing("incr", 2, "string", incr, "Adds one to a number."),
    growing("incrby", 3, "string", incrby, "Adds to a number."),
    growing("incrbyfloat", 3, "string", incrbyfloat, "Adds to a number with a fraction."),
    answering("info", -1, "server", info, "What is to be known of this server."),
    reading("keys", 2, "generic", keys, "The keys that match a pattern.", 0, 0),
    reading("mget", -2, "string", mget, "Several values.", 1, -1),
    growing("mset", -3, "string", mset, "Sets several values.", 1, -1, 2),
    growing("msetnx", -3, "string", msetnx, "Sets several values, unless there is one.", 1, -1, 2),
    controlling("multi", 1, "transactions", Control::multi, "Queues what follows."),
    writing("persist", 2, "generic", persist, "Lets a key be there for ever."),
    writing("pexpire", -3, "generic", pexpire, "Sets how many milliseconds a key has."),
    writing("pexpireat", -3, "generic", pexpireat, "Sets the millisecond until which a key is there."),
    reading("pexpiretime", 2, "generic", pexpiretime, "The millisecond until which a key is there."),
    answering("ping", -1, "connection", ping, "Says that the server is there."),
    growing("psetex", 4, "string", psetex, "Sets a value that has so many milliseconds."),
    telling_time("pttl", pttl, "How many milliseconds a key has."),
    controlling("quit", -1, "connection", Control::quit, "Closes the connection."),
    writing("randomkey", 1, "generic", randomkey, "Any key.", 0, 0),
    writing("rename", 3, "generic", rename, "Gives a value another key.", 1, 2),
    writing("renamenx", 3, "generic", renamenx, "Gives a value another key, unless there is one.", 1, 2),
    controlling("reset", 1, "connection", Control::reset, "Makes the connection as new."),
    reading("scan", -2, "generic", scan, "The keys, a few at a time.", 0, 0),
    answering("select", 2, "connection", select, "Chooses the database; there is one, 0."),
    growing("set", -3, "string", set, "Sets a value."),
    growing("setex", 4, "string", setex, "Sets a value that has so many seconds."),
    growing("setnx", 3, "string", setnx, "Sets a value, unless there is one."),
    growing("setrange", 4, "string", setrange, "Writes into a value."),
    reading("strlen", 2, "string", strlen, "The length of a value."),
    controlling("synod.once", -4, "synod", Control::once,
                "Runs a client's numbered command, unless it has run already: then its answer comes again."),
    controlling("synod.snapshot", 3, "synod", Control::snapshot, "For servers: all that another one holds."),
    telling_time("ttl", ttl, "How many seconds a key has."),
    reading("type", 2, "generic", type, "What kind of value a key has."),
    writing("unlink", -2, "generic", del, "Removes keys.", 1, -1),
    controlling("unwatch", 1, "transactions", Control::unwatch, "Watches no key any more."),
    {"watch", -2, "transactions", "Lets EXEC run only if these keys stay as they are.", 1, -1, 1, watch,
     nullptr, nullptr, Control::watch},
};

// An open hash table over kCommands: the lookup is on the way of every command.
class CommandIndex {
public:
    CommandIndex() {
        static_assert(std::size(kCommands) <= kSlots / 4);
        for (const Command& command : kCommands) {
            SYNOD_CHECK(command.name.size() <= kCommandNameBytesMax);
            std::size_t slot = slot_of(command.name);
            while (slots_[slot] != nullptr)
                slot = (slot + 1) % kSlots;
            slots_[slot] = &command;
        }
    }
    // In whatever case. REQUIRES: it is not empty.
    [[nodiscard]] const Command* find(std::string_view name) const noexcept {
        for (std::size_t slot = slot_of(name); slots_[slot] != nullptr; slot = (slot + 1) % kSlots)
            if (is_word(name, slots_[slot]->name)) return slots_[slot];
        return nullptr;
    }

private:
    static constexpr std::size_t kSlots = 512;
    // Its length and three letters tell a name from most others.
    static std::size_t slot_of(std::string_view name) noexcept {
        const auto letter = [name](std::size_t k) {
            return std::size_t{static_cast<unsigned char>(to_lower(name[k]))};
        };
        return (name.size() + 79 * letter(0) + 65 * letter(name.size() / 2) + 11 * letter(name.size() - 1)) %
               kSlots;
    }
    std::array<const Command*, kSlots> slots_{};
};

// At most so many bytes, and nothing from a zero byte on.
std::string_view cut(std::string_view text, std::size_t bytes_max) {
    return text.substr(0, std::min(text.find('\0'), bytes_max));
}

std::string unknown_command(Arguments arguments) {
    constexpr std::size_t kShown = 128;
    std::string rest;
    for (std::size_t i = 1; i < arguments.size() && rest.size() < kShown; ++i)
        rest += fmt::format("'{}' ", cut(arguments[i], kShown - rest.size()));
    return fmt::format("ERR unknown command '{}', with args beginning with: {}", cut(arguments[0], kShown),
                       rest);
}

std::string unknown_subcommand(const Command& container, std::string_view name) {
    return fmt::format("ERR unknown subcommand '{}'. Try {} HELP.", cut(name, 128),
                       in_upper_case(container.name));
}

bool has_subcommands(const Command& command) {
    return command.name == "client" || command.name == "command" || command.name == "config";
}

}  // namespace

std::span<const Command> all_commands() noexcept {
    return kCommands;
}

const Command* find_command(std::string_view name) noexcept {
    static const CommandIndex index;
    return name.empty() || name.size() > kCommandNameBytesMax ? nullptr : index.find(name);
}

const Command* find_command(Arguments arguments, std::string& error) {
    const Command* command = find_command(arguments[0]);
    if (command == nullptr || command->is_subcommand()) {
        error = unknown_command(arguments);
        return nullptr;
    }
    if (arguments.size() > 1 && has_subcommands(*command)) {
        const Command* subcommand = find_command(fmt::format("{}|{}", command->name, arguments[1]));
        if (subcommand == nullptr) {
            error = unknown_subcommand(*command, arguments[1]);
            return nullptr;
        }
        command = subcommand;
    }
    if (!command->takes(arguments.size())) {
        error = wrong_number_of_arguments(command->name);
        return nullptr;
    }
    return command;
}

bool is_word(std::string_view text, std::string_view word) noexcept {
    return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                      [](char a, char b) { return to_lower(a) == b; });
}

std::string in_upper_case(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return result;
}

std::string wrong_number_of_arguments(std::string_view command) {
    return fmt::format("ERR wrong number of arguments for '{}' command", command);
}

}  // namespace synod::rsm

#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "synod/rsm/keyspace.hpp"
#include "synod/rsm/protocol.hpp"
#include "synod/rsm/reply_writer.hpp"

namespace synod::rsm {

struct ClientInfo;
class ServerFacts;

// A command of the key-value store. The two kinds differ in what they are given: one that reads cannot change
// anything, so it needs no entry in the log of its own.
using Read = void (*)(const Keyspace& keys, Arguments arguments, ReplyWriter& reply);
using Write = void (*)(Keyspace& keys, Arguments arguments, ReplyWriter& reply);
// A command that the connection answers by itself; see client_commands.hpp.
using Own = void (*)(ClientInfo& client, const ServerFacts& server, Arguments arguments, std::string& out);
// A command that says what becomes of others.
enum class Control : std::uint8_t { none, multi, exec, discard, watch, unwatch, quit, reset, once, snapshot };

// One command of the Redis protocol, or a subcommand ("client|id").
struct Command {
    std::string_view name;  // in lower case
    int arity;              // with the name; negative: at least so many
    std::string_view group;
    std::string_view summary;
    // Where its keys are: from `first_key` to `last_key` (negative: from the end), every `key_step`th.
    int first_key = 0;
    int last_key = 0;
    int key_step = 0;
    // One of them, or `control`.
    Read read = nullptr;
    Write write = nullptr;
    Own own = nullptr;
    Control control = Control::none;
    bool of_time = false;  // it reads what time it is
    bool grows = false;    // it may need more memory for the keys

    [[nodiscard]] bool is_of_store() const noexcept { return read != nullptr || write != nullptr; }
    [[nodiscard]] bool is_subcommand() const noexcept { return name.find('|') != std::string_view::npos; }
    [[nodiscard]] bool takes(std::size_t words) const noexcept {
        return arity < 0 ? words >= static_cast<std::size_t>(-arity)
                         : words == static_cast<std::size_t>(arity);
    }
};

[[nodiscard]] std::span<const Command> all_commands() noexcept;
// Of this name, in whatever case; null: there is none.
[[nodiscard]] const Command* find_command(std::string_view name) noexcept;
// The subcommand where there must be one. Null, and `error` says so: there is no such command, or it does not
// take so many words.
[[nodiscard]] const Command* find_command(Arguments arguments, std::string& error);

// ASCII alone, whatever the locale.
[[nodiscard]] constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] std::string in_upper_case(std::string_view text);
// `word` is in lower case.
[[nodiscard]] bool is_word(std::string_view text, std::string_view word) noexcept;

[[nodiscard]] std::string wrong_number_of_arguments(std::string_view command);
inline constexpr std::string_view kOutOfMemory = "OOM command not allowed when used memory > 'maxmemory'.";
inline constexpr std::string_view kSyntaxError = "ERR syntax error";
inline constexpr std::string_view kNoInteger = "ERR value is not an integer or out of range";

}  // namespace synod::rsm

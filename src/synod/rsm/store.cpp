#include "synod/rsm/store.hpp"

#include <algorithm>
#include <utility>

#include "synod/rsm/command.hpp"
#include "synod/rsm/store_commands.hpp"

namespace synod::rsm {

namespace {

constexpr std::string_view kMalformed = "ERR malformed operation";

// Null, and the reply says so: the store has no such command.
const Command* command_of_store(Arguments arguments, ReplyWriter& reply) {
    std::string error;
    const Command* command = find_command(arguments, error);
    if (command == nullptr) {
        reply.error(error);
    } else if (!command->is_of_store()) {
        reply.error(kMalformed);
        return nullptr;
    }
    return command;
}

}  // namespace

void Store::apply(const LogEntry& entry, std::string& reply) {
    keys_.enter(entry);
    if (operation_.decode(entry.command))
        run(reply);
    else
        ReplyWriter(reply, Protocol::resp2).error(kMalformed);
}

void Store::run(std::string& reply) {
    ReplyWriter writer(reply, operation_.protocol);
    const std::size_t begin = reply.size();
    if (operation_.kind == Operation::Kind::refusal) return writer.error(kOutOfMemory);
    if (operation_.kind == Operation::Kind::transaction) {
        if (!watched_keys_stand()) return writer.null_array();
        writer.array(operation_.commands());
    }
    for (std::size_t i = 0; i < operation_.commands(); ++i) {
        const Arguments arguments = operation_.command(i);
        if (reply.size() - begin > kReplyBytesMax) {
            writer.error(kReplyTooLarge);
            continue;
        }
        run_command(arguments, writer);
    }
}

void Store::run_command(Arguments arguments, ReplyWriter& writer) {
    const Command* command = command_of_store(arguments, writer);
    if (command == nullptr) return;
    const bool too_long = std::any_of(arguments.begin(), arguments.end(), [&](std::string_view word) {
        return word.size() > keys_.value_bytes_max();
    });
    if (too_long) return writer.error(kValueTooLong);
    if (command->write != nullptr)
        command->write(keys_, arguments, writer);
    else
        command->read(keys_, arguments, writer);
}

bool Store::watched_keys_stand() const noexcept {
    return std::all_of(
        operation_.watched.begin(), operation_.watched.end(),
        [&](const Operation::Watched& watched) { return keys_.version(watched.key) == watched.version; });
}

void Store::query(Bytes bytes, std::string& reply) const {
    const bool decoded = operation_.decode(bytes) && operation_.kind == Operation::Kind::command;
    ReplyWriter writer(reply, decoded ? operation_.protocol : Protocol::resp2);
    if (!decoded) return writer.error(kMalformed);
    const Command* command = command_of_store(operation_.command(0), writer);
    if (command == nullptr) return;
    if (command->read == nullptr) return writer.error(kMalformed);
    command->read(keys_, operation_.command(0), writer);
}

bool Store::restore(Bytes snapshot) {
    Keyspace restored(keys_.value_bytes_max());
    if (!restored.restore(snapshot)) return false;
    keys_ = std::move(restored);
    return true;
}

}  // namespace synod::rsm

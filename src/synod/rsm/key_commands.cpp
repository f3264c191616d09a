// Keys, whatever their values.

#include <string>

#include "synod/rsm/command.hpp"
#include "synod/rsm/store_commands.hpp"

namespace synod::rsm {

namespace {

// Whether it was done; the reply says so only when there is no such key.
enum class Renamed : std::uint8_t { yes, no, no_such_key };

Renamed rename_key(Keyspace& keys, std::string_view from, std::string_view to, bool if_absent) {
    const Record* source = keys.find(from);
    if (source == nullptr) return Renamed::no_such_key;
    if (if_absent && keys.find(to) != nullptr) return Renamed::no;
    if (from == to) return Renamed::yes;
    std::string value = source->value;
    const std::int64_t deadline = source->deadline;
    keys.erase(from);
    Record& target = keys.obtain(to);
    target.value = std::move(value);
    keys.clear_deadline(target);
    if (deadline != Record::kNoDeadline) keys.set_deadline(target, deadline);
    keys.changed(target);
    return Renamed::yes;
}

constexpr std::string_view kNoSuchKey = "ERR no such key";

}  // namespace

void exists(const Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    std::int64_t found = 0;
    for (const std::string_view key : arguments.subspan(1))
        found += keys.find(key) == nullptr ? 0 : 1;
    reply.integer(found);
}

void type(const Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    reply.simple(keys.find(arguments[1]) == nullptr ? "none" : "string");
}

void dbsize(const Keyspace& keys, Arguments, ReplyWriter& reply) {
    reply.integer(static_cast<std::int64_t>(keys.size()));
}

void del(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    std::int64_t erased = 0;
    for (const std::string_view key : arguments.subspan(1))
        erased += keys.erase(key) ? 1 : 0;
    reply.integer(erased);
}

void rename(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    if (rename_key(keys, arguments[1], arguments[2], false) == Renamed::no_such_key)
        return reply.error(kNoSuchKey);
    reply.ok();
}

void renamenx(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    const Renamed renamed = rename_key(keys, arguments[1], arguments[2], true);
    if (renamed == Renamed::no_such_key) return reply.error(kNoSuchKey);
    reply.integer(renamed == Renamed::yes ? 1 : 0);
}

void randomkey(Keyspace& keys, Arguments, ReplyWriter& reply) {
    const Record* record = keys.random_key();
    if (record == nullptr) return reply.null();
    reply.bulk(record->key());
}

void flushall(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    const bool plain = arguments.size() == 1;
    const bool with_way =
        arguments.size() == 2 && (is_word(arguments[1], "async") || is_word(arguments[1], "sync"));
    if (!plain && !with_way) return reply.error(kSyntaxError);
    keys.clear();
    reply.ok();
}

void watch(const Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    reply.array(arguments.size() - 1);
    for (const std::string_view key : arguments.subspan(1))
        reply.integer(static_cast<std::int64_t>(keys.version(key)));
}

}  // namespace synod::rsm

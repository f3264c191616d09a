// Values as strings of bytes.

#include <algorithm>

#include "synod/rsm/command.hpp"
#include "synod/rsm/number.hpp"
#include "synod/rsm/store_commands.hpp"

namespace synod::rsm {

namespace {

bool too_long(const Keyspace& keys, std::size_t size, std::size_t more) {
    return more > keys.value_bytes_max() || size > keys.value_bytes_max() - more;
}

void put(Keyspace& keys, std::string_view key, std::string_view value) {
    Record& record = keys.obtain(key);
    record.value = value;
    keys.clear_deadline(record);
    keys.changed(record);
}

void put_all(Keyspace& keys, Arguments arguments) {
    for (std::size_t i = 1; i < arguments.size(); i += 2)
        put(keys, arguments[i], arguments[i + 1]);
}

// The bytes from `start` to `end` inclusive; negative ones count from the end of the value.
std::string_view range_of(std::string_view value, std::int64_t start, std::int64_t end) {
    const auto size = static_cast<std::int64_t>(value.size());
    if (start < 0 && end < 0 && start > end) return {};
    start = std::max<std::int64_t>(start < 0 ? start + size : start, 0);
    end = std::min(std::max<std::int64_t>(end < 0 ? end + size : end, 0), size - 1);
    if (start > end) return {};
    return value.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start + 1));
}

}  // namespace

void get(const Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    const Record* record = keys.find(arguments[1]);
    if (record == nullptr) return reply.null();
    reply.bulk(record->value);
}

void mget(const Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    std::size_t bytes = 0;
    for (const std::string_view key : arguments.subspan(1)) {
        const Record* record = keys.find(key);
        bytes += record == nullptr ? 0 : record->value.size();
    }
    if (bytes > kReplyBytesMax) return reply.error(kReplyTooLarge);
    reply.array(arguments.size() - 1);
    for (std::size_t i = 1; i < arguments.size(); ++i)
        get(keys, arguments.subspan(i - 1), reply);
}

void strlen(const Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    const Record* record = keys.find(arguments[1]);
    reply.integer(record == nullptr ? 0 : static_cast<std::int64_t>(record->value.size()));
}

void getrange(const Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    const auto start = parse_integer(arguments[2]);
    const auto end = parse_integer(arguments[3]);
    if (!start || !end) return reply.error(kNoInteger);
    const Record* record = keys.find(arguments[1]);
    reply.bulk(record == nullptr ? std::string_view{} : range_of(record->value, *start, *end));
}

void append(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    const Record* before = keys.find(arguments[1]);
    const std::size_t size = before == nullptr ? 0 : before->value.size();
    if (too_long(keys, size, arguments[2].size())) return reply.error(kValueTooLong);
    Record& record = keys.obtain(arguments[1]);
    record.value += arguments[2];
    keys.changed(record);
    reply.integer(static_cast<std::int64_t>(record.value.size()));
}

void setrange(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    const auto offset = parse_integer(arguments[2]);
    const std::string_view bytes = arguments[3];
    if (!offset) return reply.error(kNoInteger);
    if (*offset < 0) return reply.error("ERR offset is out of range");
    if (bytes.empty()) return strlen(keys, arguments, reply);
    const auto begin = static_cast<std::size_t>(*offset);
    if (too_long(keys, begin, bytes.size())) return reply.error(kValueTooLong);

    Record& record = keys.obtain(arguments[1]);
    if (record.value.size() < begin + bytes.size()) record.value.resize(begin + bytes.size());
    record.value.replace(begin, bytes.size(), bytes);
    keys.changed(record);
    reply.integer(static_cast<std::int64_t>(record.value.size()));
}

void getdel(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    get(keys, arguments, reply);
    keys.erase(arguments[1]);
}

void mset(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    if (arguments.size() % 2 == 0) return reply.error(wrong_number_of_arguments("mset"));
    put_all(keys, arguments);
    reply.ok();
}

void msetnx(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    if (arguments.size() % 2 == 0) return reply.error(wrong_number_of_arguments("msetnx"));
    for (std::size_t i = 1; i < arguments.size(); i += 2)
        if (keys.find(arguments[i]) != nullptr) return reply.integer(0);
    put_all(keys, arguments);
    reply.integer(1);
}

}  // namespace synod::rsm

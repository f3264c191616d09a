// Values as numbers.

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <optional>

#include "synod/rsm/command.hpp"
#include "synod/rsm/number.hpp"
#include "synod/rsm/store_commands.hpp"

namespace synod::rsm {

namespace {

void add(Keyspace& keys, std::string_view key, std::int64_t amount, ReplyWriter& reply) {
    const Record* before = keys.find(key);
    const auto value = before == nullptr ? std::int64_t{0} : parse_integer(before->value);
    if (!value) return reply.error(kNoInteger);
    std::int64_t sum = 0;
    if (__builtin_add_overflow(*value, amount, &sum))
        return reply.error("ERR increment or decrement would overflow");
    Record& record = keys.obtain(key);
    const fmt::format_int digits(sum);
    record.value.assign(digits.data(), digits.size());
    keys.changed(record);
    reply.integer(sum);
}

}  // namespace

void incr(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    add(keys, arguments[1], 1, reply);
}

void decr(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    add(keys, arguments[1], -1, reply);
}

void incrby(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    const auto amount = parse_integer(arguments[2]);
    if (!amount) return reply.error(kNoInteger);
    add(keys, arguments[1], *amount, reply);
}

void decrby(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    const auto amount = parse_integer(arguments[2]);
    if (!amount) return reply.error(kNoInteger);
    if (*amount == std::numeric_limits<std::int64_t>::min())
        return reply.error("ERR decrement would overflow");
    add(keys, arguments[1], -*amount, reply);
}

void incrbyfloat(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    const Record* before = keys.find(arguments[1]);
    const auto value = before == nullptr ? 0.0L : parse_float(before->value);
    const auto amount = parse_float(arguments[2]);
    if (!value || !amount) return reply.error("ERR value is not a valid float");
    const long double sum = *value + *amount;
    if (!std::isfinite(sum)) return reply.error("ERR increment would produce NaN or Infinity");
    Record& record = keys.obtain(arguments[1]);
    record.value = float_text(sum);
    keys.changed(record);
    reply.bulk(record.value);
}

}  // namespace synod::rsm

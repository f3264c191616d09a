// How long keys are there.

#include <algorithm>
#include <optional>

#include "synod/rsm/command.hpp"
#include "synod/rsm/deadline.hpp"
#include "synod/rsm/number.hpp"
#include "synod/rsm/store_commands.hpp"

namespace synod::rsm {

namespace {

constexpr TimeUnit kSecondsFromNow{.seconds = true, .absolute = false};
constexpr TimeUnit kMillisecondsFromNow{.seconds = false, .absolute = false};
constexpr TimeUnit kSecond{.seconds = true, .absolute = true};
constexpr TimeUnit kMillisecond{.seconds = false, .absolute = true};

struct Conditions {
    bool if_none = false;
    bool if_any = false;
    bool if_later = false;
    bool if_sooner = false;

    // Without a deadline a key is there for ever, which no deadline is later than.
    [[nodiscard]] bool allow(const Record& record, std::int64_t deadline) const {
        if (if_none && record.has_deadline()) return false;
        if (if_any && !record.has_deadline()) return false;
        if (if_later && (!record.has_deadline() || deadline <= record.deadline)) return false;
        return !(if_sooner && record.has_deadline() && deadline >= record.deadline);
    }
};

// None, and the reply says so: there is no such option, or they contradict each other.
std::optional<Conditions> parse_conditions(Arguments options, ReplyWriter& reply) {
    Conditions conditions;
    for (const std::string_view option : options) {
        if (is_word(option, "nx")) {
            conditions.if_none = true;
        } else if (is_word(option, "xx")) {
            conditions.if_any = true;
        } else if (is_word(option, "gt")) {
            conditions.if_later = true;
        } else if (is_word(option, "lt")) {
            conditions.if_sooner = true;
        } else {
            reply.error("ERR Unsupported option " + std::string(option.substr(0, option.find('\0'))));
            return std::nullopt;
        }
    }
    if (conditions.if_none && (conditions.if_any || conditions.if_later || conditions.if_sooner)) {
        reply.error("ERR NX and XX, GT or LT options at the same time are not compatible");
        return std::nullopt;
    }
    if (conditions.if_later && conditions.if_sooner) {
        reply.error("ERR GT and LT options at the same time are not compatible");
        return std::nullopt;
    }
    return conditions;
}

void expire_by(Keyspace& keys, Arguments arguments, TimeUnit unit, std::string_view command,
               ReplyWriter& reply) {
    const auto conditions = parse_conditions(arguments.subspan(3), reply);
    if (!conditions) return;
    const auto number = parse_integer(arguments[2]);
    if (!number) return reply.error(kNoInteger);
    const auto deadline = deadline_of(*number, unit, keys.now());
    if (!deadline) return reply.error(invalid_expire_time(command));

    Record* record = keys.find(arguments[1]);
    if (record == nullptr || !conditions->allow(*record, *deadline)) return reply.integer(0);
    if (*deadline <= keys.now().ms) {
        keys.erase(arguments[1]);
    } else {
        keys.set_deadline(*record, *deadline);
        keys.changed(*record);
    }
    reply.integer(1);
}

void tell_deadline(const Keyspace& keys, std::string_view key, TimeUnit unit, ReplyWriter& reply) {
    const Record* record = keys.find(key);
    if (record == nullptr) return reply.integer(-2);
    if (!record->has_deadline()) return reply.integer(-1);
    const std::int64_t ms = record->deadline - (unit.absolute ? 0 : keys.now().ms);
    reply.integer(unit.seconds ? ms / 1000 + (ms % 1000 >= 500 ? 1 : 0) : ms);
}

}  // namespace

void ttl(const Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    tell_deadline(keys, arguments[1], kSecondsFromNow, reply);
}

void pttl(const Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    tell_deadline(keys, arguments[1], kMillisecondsFromNow, reply);
}

void expiretime(const Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    tell_deadline(keys, arguments[1], kSecond, reply);
}

void pexpiretime(const Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    tell_deadline(keys, arguments[1], kMillisecond, reply);
}

void expire(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    expire_by(keys, arguments, kSecondsFromNow, "expire", reply);
}

void pexpire(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    expire_by(keys, arguments, kMillisecondsFromNow, "pexpire", reply);
}

void expireat(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    expire_by(keys, arguments, kSecond, "expireat", reply);
}

void pexpireat(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    expire_by(keys, arguments, kMillisecond, "pexpireat", reply);
}

void persist(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    Record* record = keys.find(arguments[1]);
    const bool had_one = record != nullptr && keys.clear_deadline(*record);
    if (had_one) keys.changed(*record);
    reply.integer(had_one ? 1 : 0);
}

}  // namespace synod::rsm

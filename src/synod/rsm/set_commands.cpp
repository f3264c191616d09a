// SET, its elder sisters, and GETEX: values with what is said of how long they are there.

#include <optional>

#include "synod/rsm/command.hpp"
#include "synod/rsm/deadline.hpp"
#include "synod/rsm/number.hpp"
#include "synod/rsm/store_commands.hpp"

namespace synod::rsm {

namespace {

struct Expiry {
    std::string_view number;
    TimeUnit unit;
};

struct Options {
    bool if_absent = false;
    bool if_present = false;
    bool return_old = false;
    bool keep_deadline = false;
    bool persist = false;
    std::optional<Expiry> expiry;

    [[nodiscard]] bool may_be(TimeUnit unit) const {
        return !keep_deadline && !persist && (!expiry || expiry->unit == unit);
    }
};

std::optional<TimeUnit> unit_of(std::string_view word) {
    if (is_word(word, "ex")) return TimeUnit{.seconds = true, .absolute = false};
    if (is_word(word, "px")) return TimeUnit{.seconds = false, .absolute = false};
    if (is_word(word, "exat")) return TimeUnit{.seconds = true, .absolute = true};
    if (is_word(word, "pxat")) return TimeUnit{.seconds = false, .absolute = true};
    return std::nullopt;
}

// How long: at most one of these. Takes what belongs to it from the front.
bool take_duration(Arguments& rest, Options& options, bool of_set) {
    const std::string_view word = rest[0];
    // What is said twice is still one thing; the last one counts.
    if (of_set && is_word(word, "keepttl") && !options.expiry) {
        options.keep_deadline = true;
    } else if (!of_set && is_word(word, "persist") && !options.expiry) {
        options.persist = true;
    } else if (const auto unit = unit_of(word); unit && rest.size() > 1 && options.may_be(*unit)) {
        options.expiry = Expiry{rest[1], *unit};
        rest = rest.subspan(1);
    } else {
        return false;
    }
    rest = rest.subspan(1);
    return true;
}

bool take_condition(Arguments& rest, Options& options) {
    if (is_word(rest[0], "nx") && !options.if_present)
        options.if_absent = true;
    else if (is_word(rest[0], "xx") && !options.if_absent)
        options.if_present = true;
    else if (is_word(rest[0], "get"))
        options.return_old = true;
    else
        return false;
    rest = rest.subspan(1);
    return true;
}

bool parse_options(Arguments rest, bool of_set, Options& options) {
    while (!rest.empty())
        if (!take_duration(rest, options, of_set) && !(of_set && take_condition(rest, options))) return false;
    return true;
}

// None, and the reply says so: it is no time that a value could have.
std::optional<std::int64_t> deadline_of(const Keyspace& keys, const Expiry& expiry, std::string_view command,
                                        ReplyWriter& reply) {
    const auto number = parse_integer(expiry.number);
    if (!number) {
        reply.error(kNoInteger);
        return std::nullopt;
    }
    const auto deadline = *number > 0 ? deadline_of(*number, expiry.unit, keys.now()) : std::nullopt;
    if (!deadline) reply.error(invalid_expire_time(command));
    return deadline;
}

void reply_old(const Record* record, ReplyWriter& reply) {
    if (record == nullptr) return reply.null();
    reply.bulk(record->value);
}

// `before`: what is there.
void put(Keyspace& keys, Record* before, std::string_view key, std::string_view value, bool keep_deadline,
         std::optional<std::int64_t> deadline) {
    Record& record = before != nullptr ? *before : keys.obtain(key);
    record.value = value;
    if (deadline)
        keys.set_deadline(record, *deadline);
    else if (!keep_deadline)
        keys.clear_deadline(record);
    keys.changed(record);
}

void put_for(Keyspace& keys, Arguments arguments, TimeUnit unit, std::string_view command,
             ReplyWriter& reply) {
    const auto deadline = deadline_of(keys, {arguments[2], unit}, command, reply);
    if (!deadline) return;
    put(keys, keys.find(arguments[1]), arguments[1], arguments[3], false, deadline);
    reply.ok();
}

}  // namespace

void set(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    Options options;
    if (!parse_options(arguments.subspan(3), true, options)) return reply.error(kSyntaxError);
    std::optional<std::int64_t> deadline;
    if (options.expiry) {
        deadline = deadline_of(keys, *options.expiry, "set", reply);
        if (!deadline) return;
    }
    Record* const before = keys.find(arguments[1]);
    if (options.return_old) reply_old(before, reply);
    if (before != nullptr ? options.if_absent : options.if_present) {
        if (!options.return_old) reply.null();
        return;
    }
    put(keys, before, arguments[1], arguments[2], options.keep_deadline, deadline);
    if (!options.return_old) reply.ok();
}

void setnx(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    if (keys.find(arguments[1]) != nullptr) return reply.integer(0);
    put(keys, nullptr, arguments[1], arguments[2], false, {});
    reply.integer(1);
}

void setex(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    put_for(keys, arguments, {.seconds = true, .absolute = false}, "setex", reply);
}

void psetex(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    put_for(keys, arguments, {.seconds = false, .absolute = false}, "psetex", reply);
}

void getset(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    Record* const before = keys.find(arguments[1]);
    reply_old(before, reply);
    put(keys, before, arguments[1], arguments[2], false, {});
}

void getex(Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    Options options;
    if (!parse_options(arguments.subspan(2), false, options)) return reply.error(kSyntaxError);
    Record* record = keys.find(arguments[1]);
    if (record == nullptr) return reply.null();
    if (!options.expiry) {
        reply.bulk(record->value);
        if (options.persist && keys.clear_deadline(*record)) keys.changed(*record);
        return;
    }
    const auto deadline = deadline_of(keys, *options.expiry, "getex", reply);
    if (!deadline) return;
    reply.bulk(record->value);
    if (*deadline <= keys.now().ms) {
        keys.erase(arguments[1]);
    } else {
        keys.set_deadline(*record, *deadline);
        keys.changed(*record);
    }
}

}  // namespace synod::rsm

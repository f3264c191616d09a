// All keys, in the order of their hashes.

#include <charconv>
#include <limits>
#include <optional>
#include <vector>

#include "synod/rsm/command.hpp"
#include "synod/rsm/glob.hpp"
#include "synod/rsm/number.hpp"
#include "synod/rsm/store_commands.hpp"

namespace synod::rsm {

namespace {

// A cursor is the top of the hash from which to go on: what is there all the time is met, whatever comes and
// goes. Less than the whole, so that a client that has but doubles can hold it.
constexpr unsigned kCursorShift = 16;

struct ScanOptions {
    std::string_view pattern = "*";
    std::size_t count = 10;
    bool of_strings = true;
};

// As strtoul() has it: nothing is 0, and negative numbers count from the end.
std::optional<std::uint64_t> parse_cursor(std::string_view text) {
    text = text.substr(0, text.find('\0'));
    if (text.empty()) return 0;
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    std::uint64_t cursor = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), cursor);
    if (result.ec != std::errc{} || result.ptr != text.data() + text.size()) return std::nullopt;
    return negative ? -cursor : cursor;
}

// The error, when there is one.
std::string_view parse_option(std::string_view name, std::string_view value, ScanOptions& options) {
    if (is_word(name, "match")) {
        options.pattern = value;
    } else if (is_word(name, "type")) {
        options.of_strings = is_word(value, "string");
    } else if (is_word(name, "count")) {
        const auto count = parse_integer(value);
        if (!count) return kNoInteger;
        if (*count < 1) return kSyntaxError;
        options.count = static_cast<std::size_t>(*count);
    } else {
        return kSyntaxError;
    }
    return {};
}

std::string_view parse_options(Arguments rest, ScanOptions& options) {
    for (; rest.size() >= 2; rest = rest.subspan(2)) {
        const std::string_view error = parse_option(rest[0], rest[1], options);
        if (!error.empty()) return error;
    }
    return rest.empty() ? std::string_view{} : kSyntaxError;
}

struct Page {
    std::vector<std::string_view> keys;
    std::uint64_t next = 0;
};

Page page_of(const Keyspace& keys, std::uint64_t cursor, const ScanOptions& options) {
    Page page;
    if (cursor > std::numeric_limits<std::uint64_t>::max() >> kCursorShift) return page;
    std::size_t seen = 0;
    std::uint64_t last = 0;
    keys.for_each_from(cursor << kCursorShift, [&](const Record& record) {
        const std::uint64_t place = record.hash >> kCursorShift;
        if (seen >= options.count && place != last) {
            page.next = place;
            return false;
        }
        last = place;
        ++seen;
        if (options.of_strings && glob_matches(options.pattern, record.key()))
            page.keys.push_back(record.key());
        return true;
    });
    return page;
}

void write_keys(const std::vector<std::string_view>& keys, ReplyWriter& reply) {
    reply.array(keys.size());
    for (const std::string_view key : keys)
        reply.bulk(key);
}

}  // namespace

void keys(const Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    const ScanOptions all{.pattern = arguments[1], .count = std::numeric_limits<std::size_t>::max()};
    write_keys(page_of(keys, 0, all).keys, reply);
}

void scan(const Keyspace& keys, Arguments arguments, ReplyWriter& reply) {
    const auto cursor = parse_cursor(arguments[1]);
    if (!cursor) return reply.error("ERR invalid cursor");
    ScanOptions options;
    const std::string_view error = parse_options(arguments.subspan(2), options);
    if (!error.empty()) return reply.error(error);
    const Page page = page_of(keys, *cursor, options);
    reply.array(2);
    reply.bulk(std::to_string(page.next));
    write_keys(page.keys, reply);
}

}  // namespace synod::rsm

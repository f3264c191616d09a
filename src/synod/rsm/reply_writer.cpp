#include "synod/rsm/reply_writer.hpp"

#include <fmt/format.h>

#include <iterator>

#include "synod/core/check.hpp"
#include "synod/rsm/number.hpp"

namespace synod::rsm {

void ReplyWriter::header(char type, std::size_t size) {
    out_.push_back(type);
    const fmt::format_int digits(size);
    out_.append(digits.data(), digits.size());
    out_.append("\r\n");
}

void ReplyWriter::simple(std::string_view text) {
    out_.push_back('+');
    out_.append(text);
    out_.append("\r\n");
}

void ReplyWriter::error(std::string_view text) {
    text = text.substr(0, text.find_last_not_of("\r\n") + 1);
    out_.push_back('-');
    for (const char c : text)
        out_.push_back(c == '\r' || c == '\n' ? ' ' : c);
    out_.append("\r\n");
}

void ReplyWriter::integer(std::int64_t value) {
    out_.push_back(':');
    const fmt::format_int digits(value);
    out_.append(digits.data(), digits.size());
    out_.append("\r\n");
}

void ReplyWriter::bulk(std::string_view bytes) {
    header('$', bytes.size());
    out_.append(bytes);
    out_.append("\r\n");
}

void ReplyWriter::null() {
    out_.append(is_resp3() ? "_\r\n" : "$-1\r\n");
}

void ReplyWriter::null_array() {
    out_.append(is_resp3() ? "_\r\n" : "*-1\r\n");
}

void ReplyWriter::map(std::size_t size) {
    if (is_resp3())
        header('%', size);
    else
        header('*', 2 * size);
}

void ReplyWriter::set(std::size_t size) {
    header(is_resp3() ? '~' : '*', size);
}

void ReplyWriter::verbatim(std::string_view text) {
    if (!is_resp3()) return bulk(text);
    header('=', text.size() + 4);
    out_.append("txt:");
    out_.append(text);
    out_.append("\r\n");
}

void append_in_resp2(std::string_view replies, std::string& out) {
    ReplyWriter writer(out, Protocol::resp2);
    while (!replies.empty()) {
        std::size_t end = replies.find('\r') + 2;
        const char type = replies.front();
        const auto number = parse_integer(replies.substr(1, end - 3)).value_or(0);
        const auto size = static_cast<std::size_t>(number);
        if (type == '_') {
            writer.null();
        } else if (type == '%') {
            writer.map(size);
        } else if (type == '~') {
            writer.set(size);
        } else if (type == '$' || type == '=') {
            writer.bulk(replies.substr(end, size).substr(type == '=' ? 4 : 0));  // "txt:"
            end += size + 2;
        } else {
            out += replies.substr(0, end);
        }
        replies.remove_prefix(end);
    }
}

std::size_t end_of_reply(std::string_view replies) {
    std::size_t at = 0;
    for (std::size_t left = 1; left > 0; --left) {
        const std::size_t line_end = replies.find('\r', at);
        SYNOD_CHECK(line_end != std::string_view::npos && line_end + 2 <= replies.size());
        const char type = replies[at];
        const std::int64_t size = parse_integer(replies.substr(at + 1, line_end - at - 1)).value_or(0);
        at = line_end + 2;
        if (size <= 0) {
            if (type == '$' && size == 0) at += 2;
            continue;
        }
        if (type == '$' || type == '=') at += static_cast<std::size_t>(size) + 2;
        if (type == '*' || type == '~') left += static_cast<std::size_t>(size);
        if (type == '%') left += 2 * static_cast<std::size_t>(size);
    }
    return at;
}

}  // namespace synod::rsm

#include "synod/rsm/request_parser.hpp"

#include <algorithm>
#include <utility>

#include "synod/rsm/inline_command.hpp"
#include "synod/rsm/number.hpp"

namespace synod::rsm {

namespace {

// Parsed bytes at the front of the buffer are moved out when there are so many, or nothing else.
constexpr std::size_t kParsedBytesMax = 64 << 10;
// Memory that grew beyond this for one large request is given back.
constexpr std::size_t kIdleBytesMax = 128 << 10;

template <typename Container>
void empty(Container& container) {
    if (container.capacity() * sizeof(container[0]) > kIdleBytesMax)
        container = {};
    else
        container.clear();
}

}  // namespace

void RequestParser::feed(Bytes bytes) {
    if (!fault_.empty()) return;
    drop_parsed();
    buffer_.append(as_text(bytes));
}

void RequestParser::drop_parsed() {
    if (arguments_left_ == 0) begin_ = at_;
    if (begin_ < buffer_.size() && begin_ < kParsedBytesMax) return;
    if (begin_ == buffer_.size())
        empty(buffer_);
    else
        buffer_.erase(0, begin_);
    at_ -= begin_;
    scanned_ -= std::min(scanned_, begin_);
    begin_ = 0;
}

RequestParser::Result RequestParser::next() {
    if (!fault_.empty()) return Result::broken;
    do {
        const Result result = step();
        if (result != Result::request) return result;
    } while (arguments_.empty());
    return Result::request;
}

RequestParser::Result RequestParser::step() {
    if (arguments_left_ > 0) return continue_array();
    begin_ = at_;
    empty(arguments_);
    empty(spans_);
    empty(words_);
    if (at_ == buffer_.size()) {
        drop_parsed();
        return Result::incomplete;
    }
    return buffer_[at_] == '*' ? begin_array() : inline_request();
}

// The line that begins at at_, without its end; at_ moves behind it.
RequestParser::Line RequestParser::find_line(char end) {
    const std::size_t bytes_max = limits_.line_bytes_max;
    const std::size_t found = buffer_.find(end, std::max(at_, scanned_));
    const std::size_t length = std::min(found, buffer_.size()) - at_;
    if (length > bytes_max) return Line::too_long;
    const bool with_newline = end == '\r';
    if (found == std::string::npos || (with_newline && found + 1 == buffer_.size())) {
        scanned_ = at_ + length;
        return Line::incomplete;
    }
    line_ = std::string_view(buffer_).substr(at_, length);
    at_ = found + (with_newline ? 2 : 1);
    return Line::whole;
}

RequestParser::Result RequestParser::inline_request() {
    const Line line = find_line('\n');
    if (line == Line::too_long) return broken("too big inline request");
    if (line == Line::incomplete) return Result::incomplete;
    if (line_.ends_with('\r')) line_.remove_suffix(1);
    if (!split_words(line_, words_)) return broken("unbalanced quotes in request");
    arguments_.assign(words_.begin(), words_.end());
    return Result::request;
}

RequestParser::Result RequestParser::begin_array() {
    const Line line = find_line('\r');
    if (line == Line::too_long) return broken("too big mbulk count string");
    if (line == Line::incomplete) return Result::incomplete;
    const auto count = parse_integer(line_.substr(1));
    if (!count || *count > limits_.arguments_max) return broken("invalid multibulk length");
    arguments_left_ = std::max<std::int64_t>(*count, 0);
    return arguments_left_ == 0 ? Result::request : continue_array();
}

RequestParser::Result RequestParser::continue_array() {
    while (arguments_left_ > 0) {
        const Result result = read_bulk();
        if (result != Result::request) return result;
        --arguments_left_;
    }
    return finish();
}

RequestParser::Result RequestParser::read_bulk() {
    if (bulk_bytes_ < 0) {
        const Line line = find_line('\r');
        if (line == Line::too_long) return broken("too big bulk count string");
        if (line == Line::incomplete) return Result::incomplete;
        if (!line_.starts_with('$'))
            return broken(std::string("expected '$', got '") + (line_.empty() ? '\r' : line_[0]) + "'");
        const auto bytes = parse_integer(line_.substr(1));
        if (!bytes || *bytes < 0 || *bytes > limits_.argument_bytes_max) return broken("invalid bulk length");
        if (at_ - begin_ + static_cast<std::size_t>(*bytes) > limits_.request_bytes_max)
            return broken("too big request");
        bulk_bytes_ = *bytes;
    }
    const auto size = static_cast<std::size_t>(bulk_bytes_);
    if (buffer_.size() - at_ < size + 2) return Result::incomplete;
    spans_.push_back({at_ - begin_, size});
    at_ += size + 2;
    bulk_bytes_ = -1;
    return Result::request;
}

RequestParser::Result RequestParser::finish() {
    const std::string_view request = std::string_view(buffer_).substr(begin_);
    for (const Span& span : spans_)
        arguments_.push_back(request.substr(span.begin, span.size));
    return Result::request;
}

RequestParser::Result RequestParser::broken(std::string fault) {
    fault_ = std::move(fault);
    buffer_ = {};
    begin_ = at_ = 0;
    return Result::broken;
}

}  // namespace synod::rsm

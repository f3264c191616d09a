#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "synod/core/bytes.hpp"
#include "synod/rsm/protocol.hpp"

namespace synod::rsm {

// The requests in a client's stream of bytes: arrays of bulk strings (RESP), or lines of words, as people
// type them. However the stream is cut into pieces, the requests are the same. Never trusts it: what it holds
// is bounded by the limits, and it makes room only for what has come.
class RequestParser {
public:
    enum class Result : std::uint8_t {
        request,     // see arguments()
        incomplete,  // more bytes must come
        broken,      // see fault(); nothing can be made of the stream any more
    };

    explicit RequestParser(RequestLimits limits = {}) : limits_(limits) {}

    // Takes what came next. Views of arguments end here.
    void feed(Bytes bytes);
    // Goes on to the next request; empty ones are skipped. Views of arguments end here.
    [[nodiscard]] Result next();
    // At least one. They stand until the next call of feed() or next().
    [[nodiscard]] Arguments arguments() const noexcept { return arguments_; }
    // "invalid bulk length", in the words of Redis.
    [[nodiscard]] const std::string& fault() const noexcept { return fault_; }
    // That came and are of no finished request yet.
    [[nodiscard]] std::size_t held_bytes() const noexcept {
        return buffer_.size() - (arguments_left_ == 0 ? at_ : begin_);
    }

    // For the request at hand, too.
    [[nodiscard]] std::size_t memory_bytes() const noexcept {
        return buffer_.size() + spans_.size() * sizeof(Span) + arguments_.size() * sizeof(std::string_view);
    }

private:
    // Of one step; `request` also when it is an empty one.
    Result step();
    Result inline_request();
    Result begin_array();
    Result continue_array();
    Result read_bulk();
    Result broken(std::string fault);
    Result finish();

    enum class Line : std::uint8_t { whole, incomplete, too_long };
    Line find_line(char end);
    void drop_parsed();

    RequestLimits limits_;
    std::string buffer_;
    std::size_t begin_ = 0;    // of the request at hand
    std::size_t at_ = 0;       // parsed up to here
    std::size_t scanned_ = 0;  // no end of the line that begins at at_ is below here
    std::string_view line_;    // found by find_line()

    std::int64_t arguments_left_ = 0;  // of the array that was begun
    std::int64_t bulk_bytes_ = -1;     // of the argument that was begun
    struct Span {
        std::size_t begin;  // from begin_ on
        std::size_t size;
    };
    std::vector<Span> spans_;
    std::vector<std::string> words_;  // of an inline command
    std::vector<std::string_view> arguments_;
    std::string fault_;
};

}  // namespace synod::rsm

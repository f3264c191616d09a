#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace synod::rsm {

// Of the Redis protocol, which a client may choose by HELLO.
enum class Protocol : std::uint8_t { resp2 = 2, resp3 = 3 };

// A command's name and what follows it; views of what somebody else owns.
using Arguments = std::span<const std::string_view>;

// What is refused before memory is spent on it. A request must fit into one value of the log
// (kValueBytesMax), and so must the queued commands of a transaction.
struct RequestLimits {
    std::size_t line_bytes_max = 64 << 10;       // of an inline command, or of a length
    std::int64_t arguments_max = 1 << 20;        // of one command
    std::int64_t argument_bytes_max = 32 << 20;  // of one argument, and of a value
    std::size_t request_bytes_max = 48 << 20;
};

}  // namespace synod::rsm

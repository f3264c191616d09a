#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "synod/core/oracle.hpp"

namespace synod::cli {

// What a person gave is wrong: main() says it on stderr and exits with status 2.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

constexpr int kInterrupted = 130;  // what a command exits with that Ctrl-C ended, as in a shell

// Bytes as a person can read them, in quotes: unprintable ones escaped, the middle of long ones left out.
std::string shown(std::string_view bytes, std::size_t length_max = 60);

// Each of these takes the whole text or nothing.
std::optional<std::uint64_t> parse_unsigned(std::string_view text, std::uint64_t min, std::uint64_t max);
std::optional<double> parse_number(std::string_view text, double min, double max);
// A number of bytes: 4096, 64K, 256MiB, 1G (powers of 1024).
std::optional<std::uint64_t> parse_size(std::string_view text);
// Seconds, with or without their unit: 2, 0.5, 0.5s.
std::optional<double> parse_seconds(std::string_view text);
// A span of time from 1 ms to an hour: 2s, 150ms, 0.5s.
std::optional<Duration> parse_duration(std::string_view text);
// What parses to it again.
std::string to_text(Duration duration);

std::optional<Oracle> parse_oracle(std::string_view text);

}  // namespace synod::cli

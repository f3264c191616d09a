#include "synod/cli/argument_types.hpp"

#include <fmt/format.h>

#include <vector>

#include "synod/cli/configuration.hpp"
#include "synod/cli/text.hpp"

namespace synod::cli {

// CLI::Range takes "nan", and CLI11 -1 for the highest number there is.
CLI::Validator number(double min, double max) {
    return {[=](std::string& text) {
                return parse_number(text, min, max)
                           ? std::string()
                           : fmt::format("{} is not a number from {} to {}", shown(text), min, max);
            },
            ""};
}

CLI::Validator count(std::uint64_t min, std::uint64_t max) {
    const std::string range =
        max == ~std::uint64_t{0} ? fmt::format("from {} on", min) : fmt::format("from {} to {}", min, max);
    return {[=](std::string& text) {
                const auto number = parse_unsigned(text, min, max);
                if (!number) return fmt::format("{} is not a number {}", shown(text), range);
                text = std::to_string(*number);
                return std::string();
            },
            range};
}

CLI::Validator probability() {
    return number(0, 1);
}

CLI::Validator rate() {
    return number(0, 1e12);
}

CLI::Validator oracle() {
    return CLI::IsMember(std::vector<std::string>(kOracleNames.begin(), kOracleNames.end()));
}

CLI::Validator size_text() {
    return {[](std::string& text) {
                const auto size = parse_size(text);
                if (!size) return shown(text) + " is no size; expected 4096, 64K, 256MiB or 1G";
                text = std::to_string(*size);
                return std::string();
            },
            ""};
}

CLI::Validator seconds_text() {
    return {[](std::string& text) {
                const auto seconds = parse_seconds(text);
                if (!seconds) return shown(text) + " is no time; expected seconds, as 2, 0.5 or 0.5s";
                text = fmt::format("{}", *seconds);
                return std::string();
            },
            ""};
}

void add_duration(CLI::App& sub, const std::string& name, Duration& duration, const std::string& what) {
    sub.add_option_function<std::string>(
        name,
        [&duration, name](const std::string& text) {
            const auto parsed = parse_duration(text);
            if (!parsed) throw CLI::ValidationError(name, shown(text) + " is no time; expected 10ms or 2s");
            duration = *parsed;
        },
        what);
}

void add_leader(CLI::App& sub, OracleOptions& leader) {
    sub.add_option_function<std::string>(
           "--leader", [&leader](const std::string& name) { leader.oracle = *parse_oracle(name); },
           "Who leads: none, lowest-id, bully or ble (ble)")
        ->check(oracle());
    add_duration(sub, "--leader-ping", leader.ping,
                 "Time between signs of life: 20ms, 1s (10ms; bully 100ms, lowest-id 2s)");
    add_duration(sub, "--leader-suspect", leader.suspect,
                 "... without one, until a leader is replaced (40ms; bully 500ms, lowest-id 5s)");
}

}  // namespace synod::cli

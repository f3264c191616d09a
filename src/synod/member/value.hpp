#pragma once

#include <optional>
#include <vector>

#include "synod/core/bytes.hpp"
#include "synod/rsm/state_machine.hpp"

namespace synod::member {

// What members put into the log: kind:u8 time:u64 command.
struct Value {
    enum class Kind : std::uint8_t {
        command = 0,
        barrier = 1,  // marks a place in the log, for its own member alone
    };
    Kind kind = Kind::command;
    rsm::UnixTime time;  // when it was sent, by its member's clock
    Bytes command;
};

inline constexpr std::size_t kValueOverhead = 9;

// Appends.
inline void encode(const Value& value, std::vector<std::byte>& out) {
    const std::size_t at = out.size();
    out.resize(at + kValueOverhead);
    out[at] = static_cast<std::byte>(value.kind);
    store(out.data() + at + 1, static_cast<std::uint64_t>(value.time.ms));
    out.insert(out.end(), value.command.begin(), value.command.end());
}
// The command is a view of the bytes. Nothing when they are no value, of whatever client they are.
inline std::optional<Value> decode(Bytes bytes) {
    if (bytes.size() < kValueOverhead || bytes[0] > static_cast<std::byte>(Value::Kind::barrier))
        return std::nullopt;
    return Value{static_cast<Value::Kind>(bytes[0]),
                 {static_cast<std::int64_t>(load<std::uint64_t>(bytes.data() + 1))},
                 bytes.subspan(kValueOverhead)};
}

}  // namespace synod::member

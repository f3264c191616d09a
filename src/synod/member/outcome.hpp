#pragma once

#include <chrono>
#include <functional>
#include <string_view>
#include <variant>

#include "synod/rsm/state_machine.hpp"

namespace synod::member {

// What became of a command: one of these, once.
struct Applied {
    rsm::Position position;   // among all commands
    std::string_view answer;  // of the state machine; stands during the call
};
// There was no room for it, or no connection to a leader before its deadline. Nothing was sent: it will never
// be applied.
struct Overloaded {};
// The deadline passed, or the member left or failed, with the command on its way, or somebody has forged what
// took its place in the log: it may be applied or not, now or later, but not twice.
struct Unknown {};
using Outcome = std::variant<Applied, Overloaded, Unknown>;

using Done = std::function<void(const Outcome&)>;
using Deadline = std::chrono::steady_clock::time_point;

// Which state a read sees.
enum class Consistency : std::uint8_t {
    linearizable,  // everything whose outcome anybody knew before the read began, as a quorum tells
    through_log,   // the same, and everything that its member submitted before; takes an entry of the log
    stale,         // what this member has applied so far, without a word to anybody
};

}  // namespace synod::member

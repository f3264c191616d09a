#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "synod/core/ballot.hpp"
#include "synod/core/endpoint.hpp"
#include "synod/core/ids.hpp"
#include "synod/core/range_set.hpp"
#include "synod/core/time.hpp"

// What happened, for people: docs/trace-format.md.

namespace synod::trace {

// A process in one role, or, when `group`, all of that role.
struct Who {
    Role role = Role::client;
    std::uint16_t id = 0;
    bool group = false;
    friend constexpr auto operator<=>(const Who&, const Who&) noexcept = default;
};

enum class Kind : std::uint8_t {
    started,
    crashed,
    paused,
    resumed,
    gave_up,
    cut,  // from process to peer nothing passes any more
    mended,
    sent,
    received,
    lost,  // on the way to `process`
    submitted,
    promised,
    accepted,
    chosen,  // a quorum has voted in one ballot; seen only by who sees all
    decided,
    leads,
    stands_down,
    delivered,
    acknowledged,
    note,
    violation,
};
inline constexpr int kKinds = static_cast<int>(Kind::violation) + 1;

// What an acceptor says of one instance.
struct Vote {
    InstanceId instance;
    Ballot ballot;
    bool decided = false;
    std::vector<std::string> values;
    friend bool operator==(const Vote&, const Vote&) = default;
};

// One thing that happened at one process. What does not concern its kind is empty.
struct Event {
    Time at;
    Kind kind = Kind::note;
    std::optional<Who> process;

    // Of a message. A message sent and each of its receptions have the same number.
    std::uint64_t message = 0;
    std::string type;         // 1A, 1B, 2A, 2B, Submit...
    std::optional<Who> peer;  // whom it is for; once it has arrived or is lost: who sent it
    bool chatter = false;     // it says nothing new

    Ballot ballot;
    Ballot higher;  // a Nack: the one that was promised
    std::vector<Range> instances;
    InstanceId decided_below;
    std::vector<std::string> values;  // as people read them
    std::vector<Vote> votes;
    std::string text;  // whatever else there is to say

    friend bool operator==(const Event&, const Event&) = default;
};

// Takes what happens, in the order in which it does.
class Sink {
public:
    virtual ~Sink() = default;
    virtual void add(Event event) = 0;
};

}  // namespace synod::trace

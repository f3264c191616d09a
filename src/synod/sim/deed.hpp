#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "synod/core/endpoint.hpp"
#include "synod/core/time.hpp"
#include "synod/sim/meddling.hpp"
#include "synod/sim/network.hpp"

namespace synod::sim {

class World;

// A process of a cluster. Acceptors count from 1, all others from 0.
struct Name {
    Role role = Role::client;
    std::uint16_t id = 0;
    friend constexpr auto operator<=>(const Name&, const Name&) noexcept = default;
};

namespace deed {

// What may be done to a world from outside. Where it cannot be done (a crash of who is dead) nothing happens.
struct Start {
    Name who;
};
struct Crash {
    Name who;
};
struct Pause {
    Name who;
};
struct Resume {
    Name who;
};
// So long it is busy with each datagram.
struct Slow {
    Name who;
    Duration each;
};
// Its clock shows so much more all at once.
struct Jump {
    Name who;
    Duration by;
};
// A client has so many values more, one every `interval`.
struct Burst {
    Name client;
    std::uint64_t values = 0;
    Duration interval;
};
// A learner begins a linearizable read.
struct Read {
    Name learner;
};
// Whoever leads in the highest ballot keeps, of acceptors and proposers, only these: it proposes, and has too
// few votes.
struct Depose {
    std::vector<Name> with;
};
// These are cut off from all others.
struct Partition {
    std::vector<Name> side;
};
struct Cut {
    Name from;
    Name to;
};
struct SlowLink {
    Name from;
    Name to;
    Duration delay_max;
};
// So many messages of one type are lost, late or repeated on their way from any of these to any of those, and
// of other types none.
struct Meddle {
    static constexpr std::uint64_t kEvery = ~std::uint64_t{0};
    Meddling::Kind kind = Meddling::Kind::lose;
    std::uint8_t type = 0;
    std::vector<Name> speakers;
    std::vector<Name> hearers;
    std::uint64_t times = 1;  // each hearer counts
    Duration by;
};
// By mistake a second process of this name is started. Not of an acceptor: the run directory and its lock are
// there to prevent just that.
struct Twin {
    Name who;
};
// Somebody on its machine looks how the cluster is (synod status), and hears the answers where it does.
struct Ask {
    Name who;
};
// From now on this is what links do that are not slow.
struct Weather {
    LinkQuality links;
};
// Whatever was cut is whole, and no link is slow.
struct Mend {};
// The network is whole and faultless, nobody is paused or slow any more, who never lived and these who are
// dead live, and so do at least a proposer and a learner; clients write the rest as fast as it is taken.
struct Heal {
    std::vector<Name> start;
};

}  // namespace deed

using Deed = std::variant<deed::Start, deed::Crash, deed::Pause, deed::Resume, deed::Slow, deed::Jump,
                          deed::Burst, deed::Read, deed::Depose, deed::Partition, deed::Cut, deed::SlowLink,
                          deed::Meddle, deed::Twin, deed::Ask, deed::Weather, deed::Mend, deed::Heal>;

struct TimedDeed {
    Time at;
    Deed deed;
};

void act(World& world, const Deed& deed);

// As a line of a scenario (tests/scenarios/README.md).
[[nodiscard]] std::string text_of(const Deed& deed);
[[nodiscard]] std::string text_of(const Name& name);
[[nodiscard]] std::string text_of(Duration duration);
[[nodiscard]] std::string text_of(const LinkQuality& links);

}  // namespace synod::sim

#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "synod/core/ballot.hpp"
#include "synod/core/ids.hpp"
#include "synod/core/time.hpp"

namespace synod {

// Oracles of leadership: they say when a proposer should try to reign, and when it had better stop. Safety
// never depends on them; speed and liveness do.
enum class Oracle : std::uint8_t { none, lowest_id, bully, ble };
inline constexpr std::array<std::string_view, 4> kOracleNames{"none", "lowest-id", "bully", "ble"};

struct OracleOptions {
    Oracle oracle = Oracle::ble;
    Duration ping;                       // between two signs of life; 0: as the oracle likes it
    Duration suspect;                    // a leader that is silent for so long; 0: as the oracle likes it
    Duration stall = milliseconds(500);  // with values waiting and none decided
    Duration listen = milliseconds(5);   // before the first attempt, and as much again at random
    bool on_demand_only = false;         // there is no point in reigning without values to propose (`none`)
    std::uint64_t seed = 0;

    // These options, with these times where none are given. A suspicion needs two missed signs of life.
    [[nodiscard]] OracleOptions with_defaults(Duration ping_default,
                                              Duration suspect_default) const noexcept {
        OracleOptions options = *this;
        if (ping == Duration{}) options.ping = ping_default;
        if (suspect == Duration{}) options.suspect = suspect_default;
        options.suspect = std::max(options.suspect, options.ping * 2);
        return options;
    }
};

// The proposer that asks.
struct OracleSelf {
    ProposerId id;
    Incarnation incarnation;
    unsigned acceptors = 3;
};

// What it is doing.
struct Standing {
    Ballot ballot;       // in which it leads or tries to; none while it follows
    bool leads = false;  // with a quorum of promises
    [[nodiscard]] bool follows() const noexcept { return ballot.is_none(); }
};

enum class Advice : std::uint8_t { go_on, attempt, stand_down };

// What a proposer tells its oracle, which overlooks what it does not care about. An oracle has besides:
//
//   on(message, from, now, outbox)        for each message of its own
//   Advice advise(standing, now, outbox)  to be called at deadline() at the latest; sends what is due
//   deadline(standing)
//   state(), and == of it
struct OracleEvents {
    // Another proposer that leads or tries to has been heard; until when its silence means nothing.
    void on_alive(ProposerId, Time) noexcept {}
    void on_new_ballot(Time) noexcept {}  // another proposer has begun to try, or so acceptors say
    void on_demand(Time) noexcept {}      // a client's value is not decided yet
    void on_progress(Time) noexcept {}    // something has been decided
    void on_attempt() noexcept {}         // the proposer begins to try
    void on_shut_out(Time) noexcept {}    // it leads no more, or will not
};

}  // namespace synod

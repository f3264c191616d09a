#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "synod/core/fifo.hpp"
#include "synod/core/ids.hpp"
#include "synod/core/time.hpp"

namespace synod {

// Which clients may have much under way when more want that than a window can be shared among: a few at a
// time, each for a while, the others in line behind them. A client whose share of the window is small wakes
// for each few values, and finds its memory cold: among 64 a value cost a client more than twice what it
// costs it alone.
class Turns {
public:
    struct Options {
        std::uint32_t places = 4;          // so many have their turn at the same time; while others wait,
        std::uint64_t bytes = 1 << 20;     // each for so many bytes,
        Duration time = milliseconds(10);  // so long at most,
        Duration idle = milliseconds(5);   // and only so long without a word
    };
    explicit Turns(const Options& options) : options_(options) {}

    // Gets in line.
    void want(SessionId session);
    void used(SessionId session, std::size_t bytes, Time now);
    // Ends the turns that are over, if others wait, and calls tell(SessionId) for whoever's turn it is now,
    // and for those who have let theirs pass: they may not have heard of it.
    template <typename Tell>
    void pass_on(Time now, Tell&& tell) {
        fill_places(now, tell);
        if (line_.empty()) return;
        end_turns(now, tell);
        fill_places(now, tell);
    }
    // When a turn may be over while others wait.
    [[nodiscard]] Time deadline() const noexcept;

    [[nodiscard]] bool has_place(SessionId session) const noexcept;
    [[nodiscard]] bool waits(SessionId session) const noexcept;
    [[nodiscard]] std::uint32_t places_taken() const noexcept {
        return static_cast<std::uint32_t>(taken_.size());
    }

    [[nodiscard]] auto state() const noexcept { return std::tie(taken_, line_); }
    friend bool operator==(const Turns& a, const Turns& b) { return a.state() == b.state(); }

private:
    struct Place {
        SessionId session;
        Time since;
        Time used;
        std::uint64_t bytes = 0;
        [[nodiscard]] auto state() const noexcept { return std::tie(session, since, used, bytes); }
        friend bool operator==(const Place&, const Place&) = default;
    };
    template <typename Tell>
    void fill_places(Time now, Tell& tell) {
        for (; !line_.empty() && taken_.size() < options_.places; line_.pop_front()) {
            taken_.push_back({line_.front(), now, now});
            tell(line_.front());
        }
    }
    // Whoever has had all bytes of a turn gets in line again; whoever has let its time pass has to want it
    // anew.
    template <typename Tell>
    void end_turns(Time now, Tell& tell) {
        std::erase_if(taken_, [&](const Place& place) {
            const bool all_used = place.bytes >= options_.bytes;
            const bool passed = now >= end_of(place);
            if (all_used) {
                line_.push_back(place.session);
            } else if (passed) {
                tell(place.session);
            }
            return all_used || passed;
        });
    }
    [[nodiscard]] Time end_of(const Place& place) const noexcept;

    Options options_;
    std::vector<Place> taken_;
    Fifo<SessionId> line_;
};

}  // namespace synod

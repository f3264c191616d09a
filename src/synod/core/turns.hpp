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
        Duration time = milliseconds(20);  // so long at most,
        Duration idle = milliseconds(5);   // and only so long without a word
    };
    explicit Turns(const Options& options) : options_(options) {}

    // Gets in line.
    void want(SessionId session);
    void used(SessionId session, std::size_t bytes, Time now);
    // Ends the turns that are over, if others wait, and calls given(SessionId) for each whose turn it is now.
    template <typename Given>
    void pass_on(Time now, Given&& given) {
        fill_places(now, given);
        if (line_.empty()) return;
        end_turns(now);
        fill_places(now, given);
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
    template <typename Given>
    void fill_places(Time now, Given& given) {
        for (; !line_.empty() && taken_.size() < options_.places; line_.pop_front()) {
            taken_.push_back({line_.front(), now, now});
            given(line_.front());
        }
    }
    [[nodiscard]] Time end_of(const Place& place) const noexcept;
    void end_turns(Time now);

    Options options_;
    std::vector<Place> taken_;
    Fifo<SessionId> line_;
};

}  // namespace synod

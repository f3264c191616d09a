#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

#include "synod/core/fifo.hpp"
#include "synod/core/ids.hpp"
#include "synod/core/time.hpp"

namespace synod {

// Which clients may have much under way when more want that than a window can be shared among: a few at a
// time, each for a while, the others in line behind them. A client whose share of the window is small wakes
// for each few values, and finds its memory cold (docs/performance.md, how the cost grows). While the window
// is far from full there is nothing to share, and nobody in line has to wait; those who do are let go on a
// few at a time, for together they could send several windows at once.
class Turns {
public:
    struct Options {
        std::uint32_t places = 4;          // so many have their turn at the same time; while others wait,
        std::uint64_t bytes = 1 << 20;     // each for so many bytes,
        Duration time = milliseconds(10);  // so long at most, or as long until it begins,
        Duration idle = milliseconds(5);   // and only so long with nothing to be decided
        // It is crowded while so much is under way, and `idle` longer.
        std::uint64_t crowd_bytes = 256 << 10;
        Duration apart = milliseconds(1);  // Then as many as there are places are let go on, so far apart.
    };
    explicit Turns(const Options& options) : options_(options) {}

    // Gets in line.
    void want(SessionId session);
    void note_used(SessionId session, std::size_t bytes);
    // Ends the turns that are over once all that was sent in them is decided, as all_decided(SessionId)
    // knows, and calls tell(SessionId) for those whose turn it is now, for those who have let theirs pass
    // (they may not have heard of it), and for those who need not wait any more.
    template <typename Tell, typename AllDecided>
    void pass_on(Time now, std::uint64_t under_way_bytes, Tell&& tell, AllDecided&& all_decided) {
        if (under_way_bytes >= options_.crowd_bytes) {
            crowded_until_ = now + options_.idle;
            for (InLine& each : line_)
                each.waits = true;
        } else if (crowded_until_ <= now) {
            crowded_until_ = {};
        }
        fill_places(now, tell);
        end_turns(now, tell, all_decided);
        fill_places(now, tell);
        if (!is_crowded() && now >= let_go_at_) let_go_on(now, tell);
    }
    // When something is to be passed on, though nobody speaks.
    [[nodiscard]] Time deadline() const noexcept;

    [[nodiscard]] bool has_turn(SessionId session) const noexcept;
    [[nodiscard]] bool must_wait(SessionId session) const noexcept;
    // Among so many what may be under way is shared.
    [[nodiscard]] std::uint32_t shares() const noexcept {
        return line_.empty() ? static_cast<std::uint32_t>(places_.size()) : options_.places;
    }

    [[nodiscard]] auto state() const noexcept { return std::tie(places_, line_, crowded_until_, let_go_at_); }
    friend bool operator==(const Turns& a, const Turns& b) { return a.state() == b.state(); }

private:
    struct Place {
        SessionId session;
        Time since;
        Time busy;  // the last time that something was undecided
        std::uint64_t bytes = 0;
        bool all_decided = true;
        bool over = false;
        [[nodiscard]] auto state() const noexcept {
            return std::tie(session, since, busy, bytes, all_decided, over);
        }
        friend bool operator==(const Place&, const Place&) = default;
    };
    struct InLine {
        SessionId session;
        bool waits = false;  // it has no credit
        friend bool operator==(const InLine&, const InLine&) = default;
        [[nodiscard]] auto state() const noexcept { return std::tie(session, waits); }
    };
    [[nodiscard]] bool is_crowded() const noexcept { return crowded_until_ != Time{}; }
    template <typename Tell>
    void let_go_on(Time now, Tell& tell) {
        std::uint32_t left = options_.places;
        for (InLine& each : line_) {
            if (left == 0) return;
            if (!std::exchange(each.waits, false)) continue;
            tell(each.session);
            let_go_at_ = now + options_.apart;
            --left;
        }
    }
    template <typename Tell>
    void fill_places(Time now, Tell& tell) {
        for (; !line_.empty() && places_.size() < options_.places; line_.pop_front()) {
            const SessionId session = line_.front().session;
            places_.push_back({session, now, now});
            tell(session);
        }
    }
    template <typename Tell, typename AllDecided>
    void end_turns(Time now, Tell& tell, AllDecided& all_decided) {
        std::erase_if(places_, [&](Place& place) {
            place.all_decided = all_decided(place.session);
            if (!place.all_decided) place.busy = now;
            place.over =
                place.over || (!line_.empty() && (is_used_up(place) || now >= place.since + options_.time));
            if (!place.all_decided || !(place.over || now >= idle_end(place))) return false;
            const bool wants_another = place.over && 8 * place.bytes >= options_.bytes;
            if (wants_another) line_.push_back({place.session, is_crowded()});
            // It may have been told to wait, or not have heard of its turn.
            const bool may_wait_in_vain = place.bytes == 0 || place.over || !line_.empty();
            if (may_wait_in_vain && !(wants_another && is_crowded())) tell(place.session);
            return true;
        });
    }
    [[nodiscard]] bool is_used_up(const Place& place) const noexcept { return place.bytes >= options_.bytes; }
    [[nodiscard]] Time idle_end(const Place& place) const noexcept {
        return place.busy + (place.bytes == 0 ? options_.time : options_.idle);
    }
    [[nodiscard]] const InLine* in_line(SessionId session) const noexcept;
    [[nodiscard]] const Place* place_of(SessionId session) const noexcept;

    Options options_;
    std::vector<Place> places_;  // that are taken
    Fifo<InLine> line_;
    Time crowded_until_;  // none: it is not crowded
    Time let_go_at_;      // not before, the next few
};

}  // namespace synod

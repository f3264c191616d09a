#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "synod/trace/event.hpp"
#include "synod/trace/messages.hpp"
#include "synod/trace/text.hpp"

namespace synod::trace {

// Where everything stands in a space-time diagram: each process is a line downwards, and time runs down with
// it. Every moment at which something happens is a row; the space between two rows grows with the logarithm
// of the time between them, and a row is as high as what has to be written there, so nothing overlaps.
struct Layout {
    struct Point {
        double x = 0;
        double y = 0;
    };
    struct Lane {
        Who who;
        double x = 0;
    };
    struct Tick {  // on the axis of time
        double y = 0;
        std::string text;
        bool idle = false;  // a long time in which nothing happens
    };
    struct Band {  // across all lanes
        double y = 0;
        std::string text;
        bool violation = false;
    };
    enum class State : std::uint8_t { absent, alive, paused, leading };
    struct Stretch {  // of a process's line
        double x = 0;
        double from = 0;
        double to = 0;
        State state = State::alive;
        std::optional<std::size_t> ballot;
    };
    struct Arrow {
        Point from;
        Point to;
        std::uint64_t message = 0;
        std::optional<std::size_t> ballot;
        bool listens = false;  // it was sent to others, and is heard here too
        bool lost = false;
        bool chatter = false;
        std::string hover;
    };
    struct Mark {
        Point at;
        Kind kind = Kind::note;
        std::optional<std::size_t> ballot;
        std::string label;  // to the right of it; of a sent message that is all there is
        std::string hover;
        bool chatter = false;
    };

    double width = 0;
    double top = 0;  // of the lines
    double bottom = 0;
    std::vector<Lane> lanes;
    std::vector<Tick> ticks;
    std::vector<Band> bands;
    std::vector<Stretch> stretches;
    std::vector<Arrow> arrows;
    std::vector<Mark> marks;
    std::vector<std::string> ballots;  // by number, in the order of their appearance
};

struct DiagramOptions {
    std::string title;
    bool chatter = false;
};

[[nodiscard]] Layout lay_out(const std::vector<Event>& events, const DiagramOptions& options);

}  // namespace synod::trace

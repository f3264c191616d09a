#pragma once

#include <istream>
#include <ostream>
#include <vector>

#include "synod/trace/event.hpp"
#include "synod/trace/fields.hpp"

namespace synod::trace {

// A trace in few bytes, as runs write it: docs/trace-format.md has the grammar.

// What an event refers to: its time and its ballots are often as before.
struct Before {
    Time at;
    Ballot ballot;
};

class CompactWriter final : public Sink {
public:
    // `out` must outlive it.
    explicit CompactWriter(std::ostream& out);
    void add(Event event) override;

private:
    std::ostream& out_;
    Before before_;
};

// Of a process that was killed the last event may be half there: it is left out. Throws a FormatError that
// says which event, and why.
[[nodiscard]] std::vector<Event> read_compact(std::istream& in);

// Whichever of the formats it is: JSON lines begin with a brace.
[[nodiscard]] std::vector<Event> read_trace(std::istream& in);

}  // namespace synod::trace

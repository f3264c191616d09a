#pragma once

#include <cstdint>
#include <istream>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "synod/sim/cluster_options.hpp"
#include "synod/sim/deed.hpp"
#include "synod/trace/event.hpp"

// A history told step by step: tests/scenarios/README.md has the language.

namespace synod::sim {

// Processes, one by one: never a group.
using Whos = std::vector<trace::Who>;

// Something that may hold or not.
struct Condition {
    enum class Kind : std::uint8_t {
        all_delivered,  // whatever living clients submitted, at every living learner
        settled,        // all_delivered, or too few are left for that, or too much is forgotten
        delivered,      // by `who`, or, without one, by every living learner: just `values`
        leads,          // `who`, or, without one, anybody
        observes,
        promised,      // `who` has promised round `number` of proposer `other`, and nothing higher
        accepted,      // `who` has, at any time, accepted a batch with just `values`
        chosen,        // `number` instances are
        acknowledged,  // to `who` `number` values are
        read,          // `number` of the reads of `who` are done
        sent,          // `number` messages of `type`, since they were counted anew
    };
    Kind kind = Kind::all_delivered;
    bool negated = false;
    Whos who;
    std::vector<std::string> values;
    std::uint64_t number = 0;
    std::uint16_t other = 0;
    std::uint8_t type = 0;
};

namespace step {

struct Start {
    Whos who;
};
struct Crash {
    Whos who;
};
struct Pause {
    Whos who;
};
struct Resume {
    Whos who;
};
struct Cut {
    Whos from;
    Whos to;
    bool both_ways = false;
};
struct Mend {
    Whos from;
    Whos to;
    bool both_ways = false;
};
struct MendAll {};
struct Submit {
    trace::Who client;
    std::vector<std::string> values;
};
struct Run {
    Duration duration;
};
struct RunUntil {
    Condition condition;
    Duration bound;
};
struct Expect {
    Condition condition;
};
struct CountAnew {};
struct Note {
    std::string text;
};
struct Record {  // from here on, what happens goes into the trace, or not
    bool on = true;
};

}  // namespace step

using Action = std::variant<step::Start, step::Crash, step::Pause, step::Resume, step::Cut, step::Mend,
                            step::MendAll, step::Submit, step::Run, step::RunUntil, step::Expect,
                            step::CountAnew, step::Note, step::Record, Deed>;

struct Step {
    std::size_t line = 0;
    std::string text;  // as it was written
    Action action;
};

struct Scenario {
    std::string name;   // of its file
    std::string title;  // the first sentence of the comment at its top
    ClusterOptions cluster;
    std::vector<Step> steps;
};

// A scenario that cannot be understood: "file:line: what, what was expected".
struct ScenarioError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

[[nodiscard]] Scenario read_scenario(std::istream& in, const std::string& name);

}  // namespace synod::sim

#pragma once

#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "synod/sim/scenario.hpp"
#include "synod/sim/world.hpp"
#include "synod/trace/event.hpp"

namespace synod::sim {

// What came of a scenario.
struct ScenarioResult {
    std::string failure;  // "file:line: what was wrong"; empty when nothing was
    std::vector<trace::Event> events;
    std::uint64_t hash = 0;
    Time end;
};

// Lets a scenario happen, with all oracles on.
[[nodiscard]] ScenarioResult run_scenario(const Scenario& scenario);

// Keeps of a history what conditions speak of.
class ScenarioWitness final : public trace::Sink {
public:
    void add(trace::Event event) override;
    void record(bool on) noexcept { recording_ = on; }

    [[nodiscard]] const std::vector<std::string>& delivered_by(const trace::Who& learner) const;
    [[nodiscard]] bool has_accepted(const trace::Who& acceptor,
                                    const std::vector<std::string>& values) const {
        return accepted_.contains({acceptor, values});
    }
    [[nodiscard]] std::vector<trace::Event> take_events() { return std::move(events_); }

private:
    bool recording_ = true;
    std::vector<trace::Event> events_;
    std::map<trace::Who, std::vector<std::string>> delivered_;
    std::set<std::pair<trace::Who, std::vector<std::string>>> accepted_;
};

}  // namespace synod::sim

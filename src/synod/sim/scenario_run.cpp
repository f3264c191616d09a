#include "synod/sim/scenario_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "synod/trace/describe.hpp"
#include "synod/trace/names.hpp"

namespace synod::sim {

namespace {

constexpr Duration kLookEvery = microseconds(10);

// The values of a condition as events show them.
std::vector<std::string> shown(const std::vector<std::string>& values) {
    std::vector<std::string> result;
    for (const std::string& value : values)
        result.push_back(trace::shown(as_bytes(value)));
    return result;
}

struct Failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class ScenarioRun {
public:
    explicit ScenarioRun(const Scenario& scenario) : world_(scenario.cluster, &witness_) {}

    // Throws a Failure or a Violation.
    void take(const Action& action) {
        std::visit([this](const auto& step) { take(step); }, action);
    }
    void mark(const Violation& violation) {
        const std::uint8_t process = world_.last().index();
        world_.tracer().violation(&process, violation.what(), world_.now());
    }
    void mark(const std::runtime_error& failure) {
        world_.tracer().violation(nullptr, failure.what(), world_.now());
    }
    ScenarioResult result() {
        ScenarioResult result;
        result.events = witness_.take_events();
        result.hash = world_.hash();
        result.end = world_.now();
        return result;
    }

private:
    void take(const step::Start& step) {
        each(step.who, [](Process& p) { p.start(); });
    }
    void take(const step::Crash& step) {
        each(step.who, [](Process& p) { p.crash(); });
    }
    void take(const step::Pause& step) {
        for (const trace::Who& who : step.who)
            act(world_, deed::Pause{{who.role, who.id}});
    }
    void take(const step::Resume& step) {
        for (const trace::Who& who : step.who)
            act(world_, deed::Resume{{who.role, who.id}});
    }
    void take(const step::Cut& step) {
        each_link(step, [this](const Process& a, const Process& b) { world_.cut_one_way(a, b); });
    }
    void take(const step::Mend& step) {
        each_link(step, [this](const Process& a, const Process& b) { world_.mend_one_way(a, b); });
    }
    void take(const step::MendAll&) {
        world_.network().mend_all();
        world_.tracer().note("the network is whole", world_.now());
    }
    void take(const step::Submit& step) {
        for (const std::string& value : step.values)
            process(step.client).submit(as_bytes(value));
    }
    void take(const Deed& deed) { act(world_, deed); }
    void take(const step::Run& step) { world_.run_for(step.duration); }
    void take(const step::RunUntil& step) {
        if (world_.run_until([&] { return holds(step.condition); }, step.bound, kLookEvery)) return;
        throw Failure(fmt::format("not within {} ms;{}", step.bound.ns / 1'000'000, state()));
    }
    void take(const step::Expect& step) {
        if (!holds(step.condition)) throw Failure("not so;" + state());
    }
    void take(const step::CountAnew&) { counted_ = world_.coverage().sends; }
    void take(const step::Note& step) { world_.tracer().note(step.text, world_.now()); }
    void take(const step::Record& step) { witness_.record(step.on); }

    [[nodiscard]] bool holds(const Condition& condition) { return is_so(condition) != condition.negated; }
    [[nodiscard]] bool is_so(const Condition& condition);
    [[nodiscard]] bool have_delivered(const Condition& condition);
    [[nodiscard]] bool leads(const Process& process) const {
        return process.role() == Role::proposer && process.is_alive() && process.as<Proposer>().is_leading();
    }
    [[nodiscard]] std::string state();

    Process& process(const trace::Who& who) { return world_.process(who.role, who.id); }
    template <typename Use>
    void each(const Whos& whos, Use&& use) {
        for (const trace::Who& who : whos)
            use(process(who));
    }
    template <typename Link, typename Use>
    void each_link(const Link& link, Use&& use) {
        each(link.from, [&](const Process& a) {
            each(link.to, [&](const Process& b) {
                if (a.index() == b.index()) return;
                use(a, b);
                if (link.both_ways) use(b, a);
            });
        });
    }

    ThrowOnBrokenInvariant throw_on_broken_invariant_;
    ScenarioWitness witness_;
    World world_;
    MessageCounts counted_{};
};

bool ScenarioRun::is_so(const Condition& c) {
    const auto alive = [&] { return process(c.who.front()).is_alive(); };
    switch (c.kind) {
        case Condition::Kind::all_delivered:
            return world_.all_delivered();
        case Condition::Kind::settled:
            return !world_.can_progress() || world_.all_delivered();
        case Condition::Kind::delivered:
            return have_delivered(c);
        case Condition::Kind::leads:
            if (!c.who.empty()) return leads(process(c.who.front()));
            return std::any_of(world_.processes().begin(), world_.processes().end(),
                               [this](const auto& p) { return leads(*p); });
        case Condition::Kind::observes:
            return alive() && process(c.who.front()).as<Acceptor>().is_observer();
        case Condition::Kind::promised: {
            const Ballot promised = alive() ? process(c.who.front()).as<Acceptor>().promised() : Ballot{};
            return promised.round == Round{c.number} && promised.proposer == ProposerId{c.other};
        }
        case Condition::Kind::accepted:
            return witness_.has_accepted(c.who.front(), shown(c.values));
        case Condition::Kind::chosen:
            return world_.acceptors().instances_chosen() == c.number;
        case Condition::Kind::acknowledged:
            return alive() && process(c.who.front()).as<Client>().values_decided() == c.number;
        case Condition::Kind::read:
            return process(c.who.front()).reads_done() == c.number;
        case Condition::Kind::sent:
            return world_.coverage().sends[c.type] - counted_[c.type] == c.number;
    }
    return false;
}

bool ScenarioRun::have_delivered(const Condition& c) {
    const std::vector<std::string> wanted = shown(c.values);
    if (!c.who.empty()) return witness_.delivered_by(c.who.front()) == wanted;
    for (unsigned id = 0; id < world_.options().learners; ++id) {
        const Process& learner = world_.learner(id);
        const trace::Who who{Role::learner, learner.id(), false};
        if (learner.is_alive() && witness_.delivered_by(who) != wanted) return false;
    }
    return true;
}

// For people who wonder why an expectation was not met.
std::string ScenarioRun::state() {
    std::string text = fmt::format(" at {:.3f} ms:", static_cast<double>(world_.now().ns) / 1e6);
    for (const auto& p : world_.processes()) {
        if (!p->is_alive() && p->life() > 0)
            text += fmt::format(" {} is dead;", trace::name_of({p->role(), p->id(), false}));
        if (leads(*p)) text += fmt::format(" proposer {} leads;", p->id());
        if (p->role() == Role::learner && p->is_alive())
            text += fmt::format(" learner {} has delivered [{}];", p->id(),
                                fmt::join(witness_.delivered_by({Role::learner, p->id(), false}), " "));
    }
    return text + fmt::format(" {} instances are chosen;", world_.acceptors().instances_chosen()) +
           world_.undelivered();
}

}  // namespace

void ScenarioWitness::add(trace::Event event) {
    if (event.process) {
        const trace::Who who = *event.process;
        std::vector<std::string>& delivered = delivered_[who];
        if (event.kind == trace::Kind::started) delivered.clear();
        if (event.kind == trace::Kind::delivered)
            delivered.insert(delivered.end(), event.values.begin(), event.values.end());
        if (event.kind == trace::Kind::accepted) accepted_.insert({who, event.values});
    }
    if (recording_ || event.kind == trace::Kind::violation) events_.push_back(std::move(event));
}

const std::vector<std::string>& ScenarioWitness::delivered_by(const trace::Who& learner) const {
    static const std::vector<std::string> kNothing;
    const auto at = delivered_.find(learner);
    return at == delivered_.end() ? kNothing : at->second;
}

ScenarioResult run_scenario(const Scenario& scenario) {
    ScenarioRun run(scenario);
    std::string failure;
    const auto fail = [&](const Step& step, const auto& error) {
        run.mark(error);
        failure = fmt::format("{}:{}: {}: {}", scenario.name, step.line, step.text, error.what());
    };
    for (const Step& step : scenario.steps) {
        try {
            run.take(step.action);
        } catch (const Violation& violation) {
            fail(step, violation);
        } catch (const Failure& unmet) {
            fail(step, unmet);
        }
        if (!failure.empty()) break;
    }
    ScenarioResult result = run.result();
    result.failure = std::move(failure);
    return result;
}

}  // namespace synod::sim

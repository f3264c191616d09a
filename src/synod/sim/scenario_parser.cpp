#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "synod/sim/scenario.hpp"
#include "synod/sim/scenario_line.hpp"
#include "synod/sim/scenario_options.hpp"
#include "synod/sim/scenario_words.hpp"

namespace synod::sim {

namespace {

constexpr Duration kBoundDefault = milliseconds(1000);

class Parser {
public:
    explicit Parser(std::string name) {
        scenario_.name = std::move(name);
        scenario_.cluster = usual_options();
    }

    void read(std::string_view text, std::size_t number);
    // REQUIRES: every line has been read.
    Scenario finish();

private:
    void read_title(std::string_view text);

    using Setting = void (Parser::*)(ScenarioLine&);
    using Reader = Action (Parser::*)(ScenarioLine&) const;
    static const std::map<std::string_view, Setting> kSettings;
    static const std::map<std::string_view, Reader> kSteps;

    // How the cluster is, before anything happens.
    void cluster(ScenarioLine& line);
    void option(ScenarioLine& line) { read_option(line, scenario_.cluster); }
    void seed(ScenarioLine& line) { scenario_.cluster.seed = line.number(0, ~std::uint64_t{0}); }
    void links(ScenarioLine& line) { scenario_.cluster.links = read_quality(line); }
    void delay(ScenarioLine& line) {
        LinkQuality& links = scenario_.cluster.links;
        links.delay_min = links.delay_max = line.duration();
    }

    // What happens.
    template <typename S>
    Action lifecycle(ScenarioLine& line) const {
        return S{whos(line)};
    }
    Action cut(ScenarioLine& line) const { return link<step::Cut>(line); }
    Action mend(ScenarioLine& line) const {
        if (line.accept("everything")) return step::MendAll{};
        return link<step::Mend>(line);
    }
    template <typename S>
    Action link(ScenarioLine& line) const;
    template <Meddling::Kind kKind>
    Action meddle(ScenarioLine& line) const;
    Action submit(ScenarioLine& line) const;
    Action read(ScenarioLine& line) const {
        line.require("learner");
        return Deed{deed::Read{{Role::learner, read_one(line, Role::learner, scenario_.cluster).id}}};
    }
    Action run(ScenarioLine& line) const;
    Action expect(ScenarioLine& line) const { return step::Expect{condition(line)}; }
    Action count(ScenarioLine& line) const {
        line.require("anew");
        return step::CountAnew{};
    }
    Action note(ScenarioLine& line) const { return step::Note{line.text()}; }
    Action record(ScenarioLine& line) const {
        if (line.accept("on")) return step::Record{true};
        if (line.accept("off")) return step::Record{false};
        line.fail_expecting("'on' or 'off'");
    }

    // What only swarms do, and their histories made smaller.
    Action slow(ScenarioLine& line) const {
        const Name who = name(line);
        return Deed{deed::Slow{who, line.duration()}};
    }
    Action slow_link(ScenarioLine& line) const {
        const Name from = name(line);
        line.require("->");
        const Name to = name(line);
        return Deed{deed::SlowLink{from, to, line.duration()}};
    }
    Action jump(ScenarioLine& line) const {
        const Name who = name(line);
        return Deed{deed::Jump{who, line.duration()}};
    }
    Action depose(ScenarioLine& line) const {
        return Deed{deed::Depose{line.accept("with") ? names(line) : std::vector<Name>{}}};
    }
    Action partition(ScenarioLine& line) const { return Deed{deed::Partition{names(line)}}; }
    Action twin(ScenarioLine& line) const {
        const Name who = name(line);
        if (who.role == Role::acceptor) line.fail("a second acceptor of one name; expected another role");
        return Deed{deed::Twin{who}};
    }
    Action ask(ScenarioLine& line) const { return Deed{deed::Ask{name(line)}}; }
    Action weather(ScenarioLine& line) const { return Deed{deed::Weather{read_quality(line)}}; }
    Action heal(ScenarioLine& line) const {
        if (!line.accept("and")) return Deed{deed::Heal{}};
        line.require("start");
        return Deed{deed::Heal{names(line)}};
    }
    Condition condition(ScenarioLine& line) const { return read_condition(line, scenario_.cluster); }
    Whos whos(ScenarioLine& line) const { return read_whos(line, scenario_.cluster); }
    std::vector<Name> names(ScenarioLine& line) const { return read_names(line, scenario_.cluster); }
    Name name(ScenarioLine& line) const { return read_name(line, scenario_.cluster); }

    Scenario scenario_;
    bool has_cluster_ = false;
};

const std::map<std::string_view, Parser::Setting> Parser::kSettings{
    {"cluster", &Parser::cluster},      {"option", &Parser::option}, {"seed", &Parser::seed},
    {"delay-of-links", &Parser::delay}, {"links", &Parser::links},
};

const std::map<std::string_view, Parser::Reader> Parser::kSteps{
    {"start", &Parser::lifecycle<step::Start>},
    {"crash", &Parser::lifecycle<step::Crash>},
    {"restart", &Parser::lifecycle<step::Start>},
    {"pause", &Parser::lifecycle<step::Pause>},
    {"resume", &Parser::lifecycle<step::Resume>},
    {"cut", &Parser::cut},
    {"mend", &Parser::mend},
    {"lose", &Parser::meddle<Meddling::Kind::lose>},
    {"delay", &Parser::meddle<Meddling::Kind::delay>},
    {"duplicate", &Parser::meddle<Meddling::Kind::duplicate>},
    {"submit", &Parser::submit},
    {"read", &Parser::read},
    {"run", &Parser::run},
    {"expect", &Parser::expect},
    {"count", &Parser::count},
    {"note", &Parser::note},
    {"record", &Parser::record},
    {"slow", &Parser::slow},
    {"slow-link", &Parser::slow_link},
    {"jump", &Parser::jump},
    {"depose", &Parser::depose},
    {"partition", &Parser::partition},
    {"twin", &Parser::twin},
    {"ask", &Parser::ask},
    {"weather", &Parser::weather},
    {"heal", &Parser::heal},
};

void Parser::read_title(std::string_view text) {
    std::string& title = scenario_.title;
    if (title.ends_with('.') || !text.starts_with("# ")) return;
    title.append(title.empty() ? "" : " ").append(text.substr(2));
    const std::size_t end = title.find(". ");
    if (end != std::string::npos) title.erase(end + 1);
}

void Parser::read(std::string_view text, std::size_t number) {
    if (!has_cluster_) read_title(text);
    ScenarioLine line(text, fmt::format("{}:{}", scenario_.name, number));
    if (line.at_end()) return;
    const std::string verb = line.word("a step");
    if (const auto setting = kSettings.find(verb); setting != kSettings.end()) {
        if (!scenario_.steps.empty())
            line.fail(fmt::format("'{}' comes too late; expected before the first step", verb));
        (this->*setting->second)(line);
    } else if (const auto step = kSteps.find(verb); step != kSteps.end()) {
        if (!has_cluster_) line.fail("a step before there is a cluster; expected 'cluster: 3 acceptors...'");
        scenario_.steps.push_back({number, std::string(text), (this->*step->second)(line)});
    } else {
        std::vector<std::string_view> known;
        for (const auto& [name, setting_of_name] : kSettings)
            known.push_back(name);
        for (const auto& [name, step_of_name] : kSteps)
            known.push_back(name);
        line.fail(fmt::format("'{}' is no step; expected one of {}", verb, fmt::join(known, ", ")));
    }
    line.end();
}

Scenario Parser::finish() {
    if (scenario_.steps.empty()) throw ScenarioError(scenario_.name + ":1: nothing happens; expected a step");
    return std::move(scenario_);
}

// ---- The cluster ---------------------------------------------------------------------------------------

void Parser::cluster(ScenarioLine& line) {
    struct Kind {
        std::string_view one, many;
        unsigned* count;
        std::uint64_t max;
    };
    ClusterOptions& c = scenario_.cluster;
    const std::array kinds{
        Kind{"acceptor", "acceptors", &c.acceptors, 15}, Kind{"proposer", "proposers", &c.proposers, 16},
        Kind{"learner", "learners", &c.learners, 16}, Kind{"client", "clients", &c.clients, 16}};
    do {
        const std::uint64_t count = line.number(0, 16);
        const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& k) {
            return line.accept(k.one) || line.accept(k.many);
        });
        if (kind == kinds.end()) line.fail_expecting("acceptors, proposers, learners or clients");
        if (count > kind->max || (count == 0 && kind->one == "acceptor"))
            line.fail(fmt::format("{} {}; expected at most {}, and an acceptor at least", count, kind->many,
                                  kind->max));
        *kind->count = static_cast<unsigned>(count);
    } while (!line.at_end());
    has_cluster_ = true;
}

// ---- Steps ---------------------------------------------------------------------------------------------

template <typename S>
Action Parser::link(ScenarioLine& line) const {
    S link;
    link.from = whos(line);
    link.both_ways = line.accept("<->");
    if (!link.both_ways) line.require("->");
    link.to = whos(line);
    return link;
}

// lose next 2A from proposer 0 to acceptor 1; delay every 2B from ... to ... by 3ms
template <Meddling::Kind kKind>
Action Parser::meddle(ScenarioLine& line) const {
    deed::Meddle meddle{.kind = kKind};
    if (line.accept("every")) {
        meddle.times = deed::Meddle::kEvery;
    } else {
        line.require("next");
        if (line.at_number()) meddle.times = line.number(1, 1'000'000);
    }
    meddle.type = read_type(line);
    line.require("from");
    meddle.speakers = names(line);
    line.require("to");
    meddle.hearers = names(line);
    if (kKind == Meddling::Kind::delay) line.require("by");
    if (kKind == Meddling::Kind::delay || (kKind == Meddling::Kind::duplicate && line.accept("after")))
        meddle.by = line.duration();
    return Deed{meddle};
}

Action Parser::submit(ScenarioLine& line) const {
    line.require("client");
    const trace::Who client = read_one(line, Role::client, scenario_.cluster);
    if (line.at_text()) return step::Submit{client, line.texts()};
    deed::Burst burst{{client.role, client.id}, line.number(1, 1'000'000), {}};
    line.require("values");
    if (line.accept("every")) burst.interval = line.duration();
    return Deed{burst};
}

Action Parser::run(ScenarioLine& line) const {
    if (!line.accept("until")) return step::Run{line.duration()};
    const Condition until = condition(line);
    return step::RunUntil{until, line.accept("within") ? line.duration() : kBoundDefault};
}

}  // namespace

Scenario read_scenario(std::istream& in, const std::string& name) {
    Parser parser(name);
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number)
        parser.read(line, number);
    return parser.finish();
}

}  // namespace synod::sim

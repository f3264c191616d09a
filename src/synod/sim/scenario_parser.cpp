#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>

#include "synod/sim/scenario.hpp"
#include "synod/sim/scenario_line.hpp"
#include "synod/trace/names.hpp"

namespace synod::sim {

namespace {

constexpr Duration kBoundDefault = milliseconds(1000);

class Parser {
public:
    // Without an oracle that is asked for there is none: its chatter would hide what a scenario is about.
    explicit Parser(std::string name) {
        scenario_.name = std::move(name);
        scenario_.cluster.roles.oracle = Oracle::none;
    }

    void read(std::string_view text, std::size_t number);
    // REQUIRES: every line has been read.
    Scenario finish();

private:
    void read_title(std::string_view text);

    using Setting = void (Parser::*)(ScenarioLine&);
    using Reader = Action (Parser::*)(ScenarioLine&);
    static const std::map<std::string_view, Setting> kSettings;
    static const std::map<std::string_view, Reader> kSteps;

    // How the cluster is, before anything happens.
    void cluster(ScenarioLine& line);
    void option(ScenarioLine& line);
    static Oracle oracle(ScenarioLine& line);
    void seed(ScenarioLine& line) { scenario_.cluster.seed = line.number(0, ~std::uint64_t{0}); }
    void links(ScenarioLine& line) { scenario_.cluster.links = quality(line); }
    void delay(ScenarioLine& line) {
        LinkQuality& links = scenario_.cluster.links;
        links.delay_min = links.delay_max = line.duration();
    }

    // What happens.
    template <typename S>
    Action lifecycle(ScenarioLine& line) {
        return S{whos(line)};
    }
    Action cut(ScenarioLine& line) { return link<step::Cut>(line); }
    Action mend(ScenarioLine& line) {
        if (line.accept("everything")) return step::MendAll{};
        return link<step::Mend>(line);
    }
    template <typename S>
    Action link(ScenarioLine& line);
    template <Meddling::Kind kKind>
    Action meddle(ScenarioLine& line);
    Action submit(ScenarioLine& line);
    Action run(ScenarioLine& line);
    Action expect(ScenarioLine& line) { return step::Expect{condition(line)}; }
    Action count(ScenarioLine& line) {
        line.require("anew");
        return step::CountAnew{};
    }
    Action note(ScenarioLine& line) { return step::Note{line.text()}; }
    Action record(ScenarioLine& line) {
        if (line.accept("on")) return step::Record{true};
        if (line.accept("off")) return step::Record{false};
        line.fail_expecting("'on' or 'off'");
    }

    // What only swarms do, and their histories made smaller.
    Action slow(ScenarioLine& line) {
        const Name who = name(line);
        return Deed{deed::Slow{who, line.duration()}};
    }
    Action slow_link(ScenarioLine& line) {
        const Name from = name(line);
        line.require("->");
        const Name to = name(line);
        return Deed{deed::SlowLink{from, to, line.duration()}};
    }
    Action jump(ScenarioLine& line) {
        const Name who = name(line);
        return Deed{deed::Jump{who, line.duration()}};
    }
    Action depose(ScenarioLine& line) {
        return Deed{deed::Depose{line.accept("with") ? names(line) : std::vector<Name>{}}};
    }
    Action partition(ScenarioLine& line) { return Deed{deed::Partition{names(line)}}; }
    Action weather(ScenarioLine& line) { return Deed{deed::Weather{quality(line)}}; }
    Action heal(ScenarioLine& line) {
        if (!line.accept("and")) return Deed{deed::Heal{}};
        line.require("start");
        return Deed{deed::Heal{names(line)}};
    }
    LinkQuality quality(ScenarioLine& line);
    std::vector<Name> names(ScenarioLine& line);
    Name name(ScenarioLine& line);

    Condition condition(ScenarioLine& line);
    void deliveries(ScenarioLine& line, Condition& condition);
    Whos whos(ScenarioLine& line);
    [[nodiscard]] Whos members(Role role) const;
    trace::Who one(ScenarioLine& line, Role role);
    std::uint8_t type(ScenarioLine& line);
    [[nodiscard]] unsigned count_of(Role role) const;

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

Oracle Parser::oracle(ScenarioLine& line) {
    const std::string name = line.word("an oracle: none, lowest-id, bully or ble");
    const auto* at = std::find(kOracleNames.begin(), kOracleNames.end(), name);
    if (at == kOracleNames.end())
        line.fail(fmt::format("'{}' is no oracle; expected none, lowest-id, bully or ble", name));
    return static_cast<Oracle>(at - kOracleNames.begin());
}

void Parser::option(ScenarioLine& line) {
    RoleSettings& roles = scenario_.cluster.roles;
    MachineSettings& machines = scenario_.cluster.machines;
    const std::string name = line.word("the name of an option");
    if (name == "no-direct-2b") {
        roles.direct_2b = false;
    } else if (name == "no-proactive-phase1") {
        roles.proactive_phase1 = false;
    } else if (name == "batch") {
        roles.batch_values = static_cast<std::uint32_t>(line.number(1, 1'000'000));
    } else if (name == "batch-bytes") {
        roles.batch_bytes =
            static_cast<std::uint32_t>(std::clamp<std::uint64_t>(line.bytes(), 128, 64 << 10));
    } else if (name == "window") {
        roles.window_bytes = static_cast<std::uint32_t>(std::min<std::uint64_t>(line.bytes(), 1 << 30));
    } else if (name == "history") {
        roles.history_bytes = line.bytes();
    } else if (name == "leader") {
        roles.oracle = oracle(line);
    } else if (name == "leader-ping") {
        roles.leader_ping = line.duration();
    } else if (name == "leader-suspect") {
        roles.leader_suspect = line.duration();
    } else if (name == "stall") {
        roles.stall = line.duration();
    } else if (name == "log-bytes") {
        roles.log_bytes = line.bytes();
    } else if (name == "log-instances") {
        roles.log_instances = line.number(1, 1'000'000);
    } else if (name == "receive-buffer") {
        machines.receive_buffer_bytes = line.bytes();
    } else if (name == "wake-latency") {
        machines.wake_latency = line.duration();
    } else if (name == "datagram-cost") {
        machines.datagram_cost = line.duration();
    } else if (name == "drift") {
        machines.drift_ppm_max = static_cast<std::uint32_t>(line.number(0, 500'000));
    } else if (name == "value-bytes") {
        scenario_.cluster.value_bytes =
            static_cast<std::uint32_t>(std::min<std::uint64_t>(line.bytes(), 1 << 20));
    } else {
        line.fail(fmt::format(
            "'{}' is no option; expected no-direct-2b, no-proactive-phase1, batch, batch-bytes, "
            "window, history, leader, leader-ping, leader-suspect, stall, log-bytes, log-instances, "
            "receive-buffer, wake-latency, datagram-cost, drift or value-bytes",
            name));
    }
}

unsigned Parser::count_of(Role role) const {
    const ClusterOptions& c = scenario_.cluster;
    return role == Role::acceptor   ? c.acceptors
           : role == Role::proposer ? c.proposers
           : role == Role::learner  ? c.learners
                                    : c.clients;
}

// ---- Names ---------------------------------------------------------------------------------------------

Whos Parser::members(Role role) const {
    Whos all;
    const unsigned first = role == Role::acceptor ? 1 : 0;
    for (unsigned id = first; id < first + count_of(role); ++id)
        all.push_back({role, static_cast<std::uint16_t>(id), false});
    return all;
}

trace::Who Parser::one(ScenarioLine& line, Role role) {
    const unsigned first = role == Role::acceptor ? 1 : 0;
    const unsigned count = count_of(role);
    if (count == 0) line.fail(fmt::format("there is no {}", trace::name_of(role)));
    return {role, static_cast<std::uint16_t>(line.number(first, first + count - 1)), false};
}

// "all", "acceptors", "acceptor 1", "acceptor 1 2 and proposer 0".
Whos Parser::whos(ScenarioLine& line) {
    Whos named;
    do {
        const bool all = line.accept("all");
        bool found = all;
        for (const Role role : {Role::acceptor, Role::proposer, Role::learner, Role::client}) {
            if (found && !all) break;
            const std::string name(trace::name_of(role));
            if (all || line.accept(name + "s")) {
                const Whos group = members(role);
                named.insert(named.end(), group.begin(), group.end());
                found = true;
            } else if (line.accept(name)) {
                do {
                    named.push_back(one(line, role));
                } while (line.at_number());
                found = true;
            }
        }
        if (!found) line.fail_expecting("processes: 'acceptor 1', 'acceptors' or 'all'");
    } while (line.accept("and"));
    return named;
}

std::vector<Name> Parser::names(ScenarioLine& line) {
    std::vector<Name> names;
    for (const trace::Who& who : whos(line))
        names.push_back({who.role, who.id});
    return names;
}

Name Parser::name(ScenarioLine& line) {
    for (const Role role : {Role::acceptor, Role::proposer, Role::learner, Role::client})
        if (line.accept(trace::name_of(role))) return {role, one(line, role).id};
    line.fail_expecting("one process: 'acceptor 1'");
}

// Delays, and chances in parts per million: delay 5us to 10us overtaken 2ms loss 1000 duplicate 0...
LinkQuality Parser::quality(ScenarioLine& line) {
    constexpr std::uint64_t kMillion = 1'000'000;
    LinkQuality links;
    while (!line.at_end()) {
        const std::string what = line.word("delay, overtaken, loss, duplicate, reorder or damage");
        const auto chance = [&] { return static_cast<std::uint32_t>(line.number(0, kMillion)); };
        if (what == "delay") {
            links.delay_min = links.delay_max = line.duration();
            if (line.accept("to")) links.delay_max = line.duration();
            if (links.delay_max < links.delay_min) line.fail("a delay ends before it begins");
        } else if (what == "overtaken") {
            links.overtaken_max = line.duration();
        } else if (what == "loss") {
            links.loss_ppm = chance();
        } else if (what == "duplicate") {
            links.duplicate_ppm = chance();
        } else if (what == "reorder") {
            links.reorder_ppm = chance();
        } else if (what == "damage") {
            links.damage_ppm = chance();
        } else {
            line.fail(
                fmt::format("'{}'; expected delay, overtaken, loss, duplicate, reorder or damage", what));
        }
    }
    return links;
}

std::uint8_t Parser::type(ScenarioLine& line) {
    const std::string name = line.word("a message: 1A, 1B, 2A, 2B, Submit...");
    const auto found = trace::parse_type(name);
    if (!found)
        line.fail(
            fmt::format("'{}' is no message; expected 1A, 1B, 2A, 2B, Submit, Ack, Nack, Beacon...", name));
    return *found;
}

// ---- Steps ---------------------------------------------------------------------------------------------

template <typename S>
Action Parser::link(ScenarioLine& line) {
    S link;
    link.from = whos(line);
    link.both_ways = line.accept("<->");
    if (!link.both_ways) line.require("->");
    link.to = whos(line);
    return link;
}

// lose next 2A from proposer 0 to acceptor 1; delay every 2B from ... to ... by 3ms
template <Meddling::Kind kKind>
Action Parser::meddle(ScenarioLine& line) {
    step::Meddle meddle{.kind = kKind};
    if (line.accept("every")) {
        meddle.times = ~std::uint64_t{0};
    } else {
        line.require("next");
        if (line.at_number()) meddle.times = line.number(1, 1'000'000);
    }
    meddle.type = type(line);
    line.require("from");
    meddle.from = whos(line);
    line.require("to");
    meddle.to = whos(line);
    if (kKind == Meddling::Kind::delay) line.require("by");
    if (kKind == Meddling::Kind::delay || (kKind == Meddling::Kind::duplicate && line.accept("after")))
        meddle.by = line.duration();
    return meddle;
}

Action Parser::submit(ScenarioLine& line) {
    line.require("client");
    const trace::Who client = one(line, Role::client);
    if (line.at_text()) return step::Submit{client, line.texts()};
    deed::Burst burst{{client.role, client.id}, line.number(1, 1'000'000), {}};
    line.require("values");
    if (line.accept("every")) burst.interval = line.duration();
    return Deed{burst};
}

Action Parser::run(ScenarioLine& line) {
    if (!line.accept("until")) return step::Run{line.duration()};
    const Condition until = condition(line);
    return step::RunUntil{until, line.accept("within") ? line.duration() : kBoundDefault};
}

Condition Parser::condition(ScenarioLine& line) {
    Condition c;
    c.negated = line.accept("not");
    if (line.accept("nothing")) {
        line.require("delivered");
        c.kind = Condition::Kind::delivered;
    } else if (line.accept("delivered")) {
        deliveries(line, c);
    } else if (line.accept("no")) {
        line.require("leader");
        c.kind = Condition::Kind::leads;
        c.negated = !c.negated;
    } else if (line.accept("leader")) {
        c.kind = Condition::Kind::leads;
        if (!line.at_end() && line.accept("proposer")) c.who = {one(line, Role::proposer)};
    } else if (line.accept("observer")) {
        c.kind = Condition::Kind::observes;
        line.require("acceptor");
        c.who = {one(line, Role::acceptor)};
    } else if (line.accept("promised")) {
        c.kind = Condition::Kind::promised;
        line.require("acceptor");
        c.who = {one(line, Role::acceptor)};
        line.require("round");
        c.number = line.number(0, 1'000'000);
        line.require("of");
        line.require("proposer");
        c.other = one(line, Role::proposer).id;
    } else if (line.accept("accepted")) {
        c.kind = Condition::Kind::accepted;
        line.require("acceptor");
        c.who = {one(line, Role::acceptor)};
        c.values = line.texts();
    } else if (line.accept("chosen")) {
        c.kind = Condition::Kind::chosen;
        c.number = line.number(0, 1'000'000);
    } else if (line.accept("acknowledged")) {
        c.kind = Condition::Kind::acknowledged;
        line.require("client");
        c.who = {one(line, Role::client)};
        c.number = line.number(0, 1'000'000);
    } else if (line.accept("sent")) {
        c.kind = Condition::Kind::sent;
        c.number = line.number(0, 1'000'000);
        c.type = type(line);
    } else {
        line.fail_expecting(
            "delivered, nothing delivered, leader, no leader, observer, promised, accepted, chosen, "
            "acknowledged, "
            "sent, or one of these after 'not'");
    }
    return c;
}

// delivered; delivered "x"; delivered learner 0 "x"; delivered learner 0 nothing
void Parser::deliveries(ScenarioLine& line, Condition& c) {
    if (line.accept("learner")) c.who = {one(line, Role::learner)};
    if (line.accept("nothing")) {
        c.kind = Condition::Kind::delivered;
    } else if (line.at_text() || !c.who.empty()) {
        c.kind = Condition::Kind::delivered;
        c.values = line.texts();
    }
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

#include <fmt/format.h>

#include <map>

#include "synod/sim/scenario_words.hpp"

namespace synod::sim {

namespace {

constexpr std::uint64_t kMost = 1'000'000;

using Reader = void (*)(ScenarioLine&, const ClusterOptions&, Condition&);

void acceptor(ScenarioLine& line, const ClusterOptions& cluster, Condition::Kind kind, Condition& c) {
    c.kind = kind;
    line.require("acceptor");
    c.who = {read_one(line, Role::acceptor, cluster)};
}

// delivered; delivered "x"; delivered learner 0 "x"; delivered learner 0 nothing
void delivered(ScenarioLine& line, const ClusterOptions& cluster, Condition& c) {
    if (line.accept("learner")) c.who = {read_one(line, Role::learner, cluster)};
    if (line.accept("nothing")) {
        c.kind = Condition::Kind::delivered;
    } else if (line.at_text() || !c.who.empty()) {
        c.kind = Condition::Kind::delivered;
        c.values = line.texts();
    }
}

void settled(ScenarioLine&, const ClusterOptions&, Condition& c) {
    c.kind = Condition::Kind::settled;
}

void nothing_delivered(ScenarioLine& line, const ClusterOptions&, Condition& c) {
    line.require("delivered");
    c.kind = Condition::Kind::delivered;
}

void leader(ScenarioLine& line, const ClusterOptions& cluster, Condition& c) {
    c.kind = Condition::Kind::leads;
    if (!line.at_end() && line.accept("proposer")) c.who = {read_one(line, Role::proposer, cluster)};
}

void no_leader(ScenarioLine& line, const ClusterOptions&, Condition& c) {
    line.require("leader");
    c.kind = Condition::Kind::leads;
    c.negated = !c.negated;
}

void observer(ScenarioLine& line, const ClusterOptions& cluster, Condition& c) {
    acceptor(line, cluster, Condition::Kind::observes, c);
}

void promised(ScenarioLine& line, const ClusterOptions& cluster, Condition& c) {
    acceptor(line, cluster, Condition::Kind::promised, c);
    line.require("round");
    c.number = line.number(0, kMost);
    line.require("of");
    line.require("proposer");
    c.other = read_one(line, Role::proposer, cluster).id;
}

void accepted(ScenarioLine& line, const ClusterOptions& cluster, Condition& c) {
    acceptor(line, cluster, Condition::Kind::accepted, c);
    c.values = line.texts();
}

void chosen(ScenarioLine& line, const ClusterOptions&, Condition& c) {
    c.kind = Condition::Kind::chosen;
    c.number = line.number(0, kMost);
}

void acknowledged(ScenarioLine& line, const ClusterOptions& cluster, Condition& c) {
    c.kind = Condition::Kind::acknowledged;
    line.require("client");
    c.who = {read_one(line, Role::client, cluster)};
    c.number = line.number(0, kMost);
}

void has_read(ScenarioLine& line, const ClusterOptions& cluster, Condition& c) {
    c.kind = Condition::Kind::read;
    line.require("learner");
    c.who = {read_one(line, Role::learner, cluster)};
    c.number = line.number(0, kMost);
}

void sent(ScenarioLine& line, const ClusterOptions&, Condition& c) {
    c.kind = Condition::Kind::sent;
    c.number = line.number(0, kMost);
    c.type = read_type(line);
}

const std::map<std::string_view, Reader> kConditions{
    {"delivered", delivered},
    {"settled", settled},
    {"nothing", nothing_delivered},
    {"leader", leader},
    {"no", no_leader},
    {"observer", observer},
    {"promised", promised},
    {"accepted", accepted},
    {"chosen", chosen},
    {"acknowledged", acknowledged},
    {"read", has_read},
    {"sent", sent},
};

}  // namespace

Condition read_condition(ScenarioLine& line, const ClusterOptions& cluster) {
    Condition condition;
    condition.negated = line.accept("not");
    for (const auto& [word, read] : kConditions) {
        if (!line.accept(word)) continue;
        read(line, cluster, condition);
        return condition;
    }
    line.fail_expecting(
        "delivered, settled, nothing delivered, leader, no leader, observer, promised, accepted, chosen, "
        "acknowledged, read, sent, or one of these after 'not'");
}

}  // namespace synod::sim

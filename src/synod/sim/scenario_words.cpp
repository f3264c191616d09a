#include "synod/sim/scenario_words.hpp"

#include <fmt/format.h>

#include <array>

#include "synod/trace/names.hpp"

namespace synod::sim {

namespace {

constexpr std::array kAllRoles{Role::acceptor, Role::proposer, Role::learner, Role::client};

unsigned count_of(Role role, const ClusterOptions& c) {
    return role == Role::acceptor   ? c.acceptors
           : role == Role::proposer ? c.proposers
           : role == Role::learner  ? c.learners
                                    : c.clients;
}

unsigned first_of(Role role) {
    return role == Role::acceptor ? 1 : 0;
}

void add_all(Role role, const ClusterOptions& cluster, Whos& named) {
    for (unsigned id = first_of(role); id < first_of(role) + count_of(role, cluster); ++id)
        named.push_back({role, static_cast<std::uint16_t>(id), false});
}

// "acceptors" or "acceptor 1 2"; false when it is about another role.
bool read_of_role(ScenarioLine& line, Role role, const ClusterOptions& cluster, Whos& named) {
    const std::string name(name_of(role));
    if (line.accept(name + "s")) {
        add_all(role, cluster, named);
        return true;
    }
    if (!line.accept(name)) return false;
    do {
        named.push_back(read_one(line, role, cluster));
    } while (line.at_number());
    return true;
}

void read_group(ScenarioLine& line, const ClusterOptions& cluster, Whos& named) {
    if (line.accept("all")) {
        for (const Role role : kAllRoles)
            add_all(role, cluster, named);
        return;
    }
    for (const Role role : kAllRoles)
        if (read_of_role(line, role, cluster, named)) return;
    line.fail_expecting("processes: 'acceptor 1', 'acceptors' or 'all'");
}

}  // namespace

trace::Who read_one(ScenarioLine& line, Role role, const ClusterOptions& cluster) {
    const unsigned first = first_of(role);
    const unsigned count = count_of(role, cluster);
    if (count == 0) line.fail(fmt::format("there is no {}", name_of(role)));
    return {role, static_cast<std::uint16_t>(line.number(first, first + count - 1)), false};
}

Whos read_whos(ScenarioLine& line, const ClusterOptions& cluster) {
    Whos named;
    do {
        read_group(line, cluster, named);
    } while (line.accept("and"));
    return named;
}

std::vector<Name> read_names(ScenarioLine& line, const ClusterOptions& cluster) {
    std::vector<Name> names;
    for (const trace::Who& who : read_whos(line, cluster))
        names.push_back({who.role, who.id});
    return names;
}

Name read_name(ScenarioLine& line, const ClusterOptions& cluster) {
    for (const Role role : kAllRoles)
        if (line.accept(name_of(role))) return {role, read_one(line, role, cluster).id};
    line.fail_expecting("one process: 'acceptor 1'");
}

std::uint8_t read_type(ScenarioLine& line) {
    const std::string name = line.word("a message: 1A, 1B, 2A, 2B, Submit...");
    const auto found = trace::parse_type(name);
    if (!found)
        line.fail(
            fmt::format("'{}' is no message; expected 1A, 1B, 2A, 2B, Submit, Ack, Nack, Beacon...", name));
    return *found;
}

LinkQuality read_quality(ScenarioLine& line) {
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

}  // namespace synod::sim

#include "synod/sim/scenario_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <type_traits>
#include <vector>

#include "synod/sim/deed.hpp"

namespace synod::sim {

namespace {

// An option of scenarios, which is a member of the options of a cluster.
struct Option {
    std::string_view name;
    void (*read)(ScenarioLine&, ClusterOptions&);
    std::string (*text)(const ClusterOptions&);  // what follows its name
};

template <typename Cluster, typename T>
auto& at(Cluster& cluster, T RoleSettings::*member) {
    return cluster.roles.*member;
}
template <typename Cluster, typename T>
auto& at(Cluster& cluster, T MachineSettings::*member) {
    return cluster.machines.*member;
}
template <typename Cluster, typename T>
auto& at(Cluster& cluster, T ClusterOptions::*member) {
    return cluster.*member;
}

// An optimisation, by its name after "no-".
template <auto kMember>
constexpr Option off(std::string_view name) {
    return {name, [](ScenarioLine&, ClusterOptions& cluster) { at(cluster, kMember) = false; },
            [](const ClusterOptions& cluster) { return std::string(at(cluster, kMember) ? "on" : ""); }};
}

template <auto kMember>
constexpr Option on(std::string_view name) {
    return {name, [](ScenarioLine&, ClusterOptions& cluster) { at(cluster, kMember) = true; },
            [](const ClusterOptions& cluster) { return std::string(at(cluster, kMember) ? "" : "off"); }};
}

template <auto kMember, std::uint64_t kMin, std::uint64_t kMax>
constexpr Option number(std::string_view name) {
    return {name,
            [](ScenarioLine& line, ClusterOptions& cluster) {
                auto& value = at(cluster, kMember);
                value = static_cast<std::remove_reference_t<decltype(value)>>(line.number(kMin, kMax));
            },
            [](const ClusterOptions& cluster) { return std::to_string(at(cluster, kMember)); }};
}

// Brought into the range.
template <auto kMember, std::uint64_t kMin = 0,
          std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max()>
constexpr Option bytes(std::string_view name) {
    return {name,
            [](ScenarioLine& line, ClusterOptions& cluster) {
                auto& value = at(cluster, kMember);
                value = static_cast<std::remove_reference_t<decltype(value)>>(
                    std::clamp(line.bytes(), kMin, kMax));
            },
            [](const ClusterOptions& cluster) { return std::to_string(at(cluster, kMember)); }};
}

template <auto kMember>
constexpr Option duration(std::string_view name) {
    return {name, [](ScenarioLine& line, ClusterOptions& cluster) { at(cluster, kMember) = line.duration(); },
            [](const ClusterOptions& cluster) { return text_of(at(cluster, kMember)); }};
}

void read_oracle(ScenarioLine& line, ClusterOptions& cluster) {
    const std::string name = line.word("an oracle: none, lowest-id, bully or ble");
    const auto* found = std::find(kOracleNames.begin(), kOracleNames.end(), name);
    if (found == kOracleNames.end())
        line.fail(fmt::format("'{}' is no oracle; expected none, lowest-id, bully or ble", name));
    cluster.roles.oracle = static_cast<Oracle>(found - kOracleNames.begin());
}

std::string text_of_oracle(const ClusterOptions& cluster) {
    return std::string(kOracleNames[static_cast<std::size_t>(cluster.roles.oracle)]);
}

using Roles = RoleSettings;
using Machines = MachineSettings;

constexpr std::array kOptions{
    off<&Roles::direct_2b>("no-direct-2b"),
    off<&Roles::proactive_phase1>("no-proactive-phase1"),
    number<&Roles::batch_values, 1, 1'000'000>("batch"),
    bytes<&Roles::batch_bytes, 128, 64 << 10>("batch-bytes"),
    bytes<&Roles::window_bytes, 0, 1 << 30>("window"),
    number<&Roles::turns, 1, 64>("turns"),
    bytes<&Roles::history_bytes>("history"),
    on<&Roles::snapshots>("snapshots"),
    Option{"leader", read_oracle, text_of_oracle},
    duration<&Roles::leader_ping>("leader-ping"),
    duration<&Roles::leader_suspect>("leader-suspect"),
    duration<&Roles::stall>("stall"),
    bytes<&Roles::log_bytes>("log-bytes"),
    number<&Roles::log_instances, 1, 1'000'000>("log-instances"),
    bytes<&Machines::receive_buffer_bytes>("receive-buffer"),
    duration<&Machines::wake_latency>("wake-latency"),
    duration<&Machines::datagram_cost>("datagram-cost"),
    number<&Machines::drift_ppm_max, 0, 500'000>("drift"),
    bytes<&ClusterOptions::value_bytes, 0, 1 << 20>("value-bytes"),
};

}  // namespace

ClusterOptions usual_options() {
    ClusterOptions cluster;
    cluster.roles.oracle = Oracle::none;
    return cluster;
}

void read_option(ScenarioLine& line, ClusterOptions& cluster) {
    const std::string name = line.word("the name of an option");
    const auto* option =
        std::find_if(kOptions.begin(), kOptions.end(), [&](const Option& each) { return each.name == name; });
    if (option != kOptions.end()) return option->read(line, cluster);
    std::vector<std::string_view> known;
    for (const Option& each : kOptions)
        known.push_back(each.name);
    line.fail(fmt::format("'{}' is no option; expected one of {}", name, fmt::join(known, ", ")));
}

std::string text_of_options(const ClusterOptions& cluster) {
    const ClusterOptions usual = usual_options();
    std::string text;
    for (const Option& option : kOptions) {
        const std::string value = option.text(cluster);
        if (value == option.text(usual)) continue;
        text += fmt::format("option {}{}{}\n", option.name, value.empty() ? "" : " ", value);
    }
    return text;
}

}  // namespace synod::sim

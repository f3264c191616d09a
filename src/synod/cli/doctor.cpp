#include "synod/cli/doctor.hpp"

#include <fmt/format.h>

#include <fstream>
#include <optional>

#include "synod/cli/text.hpp"
#include "synod/net/error.hpp"
#include "synod/net/network.hpp"
#include "synod/net/probe.hpp"
#include "synod/node/survey.hpp"

namespace synod::cli {

namespace {

Diagnosis interface_problem(std::string text, std::string remedy) {
    return {Health::problem, "interface", std::move(text), std::move(remedy)};
}

std::optional<std::uint64_t> kernel_limit(const std::string& name) {
    std::ifstream file("/proc/sys/net/core/" + name);
    std::uint64_t bytes = 0;
    return file >> bytes ? std::optional(bytes) : std::nullopt;
}

// `granted`: to this process, which may be privileged; the limit holds for the others.
Diagnosis look_at_buffer(std::string_view which, const std::string& limit_name, std::size_t granted,
                         std::size_t wish) {
    const std::uint64_t limit = kernel_limit(limit_name).value_or(granted);
    const std::string remedy = fmt::format("sysctl -w net.core.{}={}", limit_name, wish);
    if (granted < wish)
        return {
            Health::warning, "buffers",
            fmt::format(
                "the kernel grants {} buffers of {} KiB instead of {} KiB: bursts are lost and sent again, "
                "which costs speed",
                which, granted >> 10, wish >> 10),
            remedy};
    if (limit < wish)
        return {
            Health::warning, "buffers",
            fmt::format(
                "this user gets {} buffers of {} KiB, users without privileges get {} KiB: bursts are lost "
                "and sent again, which costs them speed",
                which, wish >> 10, limit >> 10),
            remedy};
    return {Health::ok, "buffers", fmt::format("{} buffers of {} KiB are granted", which, wish >> 10), {}};
}

// As people know the process of this id.
std::uint16_t shown_id(const InspectedCluster& cluster, std::uint16_t id) {
    const bool is_server = id >= 1 && id <= cluster.servers.size();
    return is_server ? cluster.servers[id - 1U].sid : id;
}

std::string list_of(const std::vector<node::LivingRole>& living, const InspectedCluster& cluster) {
    std::string list;
    for (const node::LivingRole& role : living) {
        const std::string pid = role.pid == 0 ? "pid unknown" : fmt::format("pid {}", role.pid);
        list +=
            fmt::format("{}{} {} ({})", list.empty() ? "" : ", ", role.role, shown_id(cluster, role.id), pid);
    }
    return list;
}

std::string configuration_text(const InspectedCluster& cluster) {
    return fmt::format("{} can be read: {} {}, interface {}, cluster {}", cluster.configuration,
                       cluster.acceptors, cluster.servers.empty() ? "acceptors" : "servers",
                       cluster.interface, shown(cluster.name, 160));
}

}  // namespace

Diagnoses look_at_interface(const InspectedCluster& cluster) {
    const std::string& name = cluster.interface;
    const net::InterfaceState state = net::inspect_interface(name);
    if (!state.exists)
        return {interface_problem(
            fmt::format("there is no interface {}", shown(name)),
            "`ip -brief link` shows those that are; name one in the configuration (interface "
            "eth0), or none for lo")};
    if (!state.up) return {interface_problem(name + " is down", fmt::format("ip link set {} up", name))};
    if (!state.ip)
        return {interface_problem(name + " has no IPv4 address",
                                  fmt::format("ip address add ADDRESS/BITS dev {}", name))};
    const std::string found = fmt::format("{} is up, its address is {}", name, net::ip_text(*state.ip));
    if (state.multicast || cluster.groups.empty()) return {{Health::ok, "interface", found, {}}};
    if (state.loopback)
        return {
            {Health::ok,
             "interface",
             found +
                 "; it lacks the MULTICAST flag, as loopback does, and needs none: groups are joined at its "
                 "address",
             {}}};
    return {interface_problem(found + "; but it lacks the MULTICAST flag",
                              fmt::format("ip link set {} multicast on", name))};
}

Diagnoses look_at_instances(const InspectedCluster& cluster) {
    Diagnoses found;
    const node::Survey survey = node::survey({}, cluster.name);
    if (!survey.problem.empty())
        found.push_back({Health::problem, "directory", survey.problem, survey.remedy});
    else
        found.push_back({Health::ok, "directory", survey.path + " is usable", {}});
    if (survey.living.empty()) {
        found.push_back({Health::ok, "instances", "nothing of this cluster runs on this host", {}});
        return found;
    }
    found.push_back({Health::ok, "instances", "running: " + list_of(survey.living, cluster), {}});
    for (const std::uint16_t id : survey.dead_voters)
        found.push_back(
            {Health::warning, "instances",
             fmt::format("{} {} has lived in this run and lives no more; started again it is an "
                         "observer, which never votes",
                         cluster.servers.empty() ? "acceptor" : "server", shown_id(cluster, id)),
             "to have it vote again, stop every process of the cluster on this host and start them anew"});
    return found;
}

Diagnoses look_at_buffers(const InspectedCluster& cluster) {
    const std::size_t send_bytes = net::NetworkOptions{}.send_buffer_bytes;  // as processes ask for
    const net::GrantedBuffers granted = net::try_buffers(cluster.receive_buffer_bytes, send_bytes);
    return {look_at_buffer("receive", "rmem_max", granted.receive_bytes, cluster.receive_buffer_bytes),
            look_at_buffer("send", "wmem_max", granted.send_bytes, send_bytes)};
}

Diagnoses examine(const std::string& configuration) {
    std::optional<InspectedCluster> cluster;
    Diagnoses found;
    try {
        cluster = read_inspected_cluster(configuration);
        found.push_back({Health::ok, "configuration", configuration_text(*cluster), {}});
    } catch (const UsageError& error) {
        found.push_back({Health::problem, "configuration", error.what(),
                         "mend the file, or name another one: synod doctor CONF"});
    } catch (const net::Error& error) {
        found.push_back(interface_problem(
            error.what(), "give this host an address from which it can reach the servers, or mend the file"));
    }
    const auto look = [&](Diagnoses (*at)(const InspectedCluster&)) {
        for (Diagnosis& one : at(cluster.value_or(InspectedCluster{})))
            found.push_back(std::move(one));
    };
    look(look_at_interface);
    if (cluster) look(look_at_traffic);
    if (cluster) look(look_at_instances);
    look(look_at_buffers);
    return found;
}

}  // namespace synod::cli

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "synod/cli/doctor.hpp"
#include "synod/cli/firewall.hpp"
#include "synod/cli/program_output.hpp"
#include "synod/net/error.hpp"
#include "synod/net/interface.hpp"
#include "synod/net/port_holders.hpp"
#include "synod/net/probe.hpp"

namespace synod::cli {

namespace {

constexpr int kPatienceMs = 300;
constexpr int kAttempts = 3;  // a firewall may drop some datagrams only

std::string text_of(const net::PortHolder& holder) {
    if (holder.pid == 0) return "a process that this user cannot see";
    return fmt::format("process {} ({})", holder.pid, holder.command);
}

bool is_synod(const net::PortHolder& holder) {
    const std::string program = holder.command.substr(0, holder.command.find(' '));
    return program == "synod" || program.ends_with("/synod");
}

// Those that take the datagrams of this group, or keep others from doing so.
std::vector<net::PortHolder> holders_of(net::Address group) {
    auto holders = net::holders_of(group.port);
    std::erase_if(holders, [group](const net::PortHolder& holder) {
        return holder.local.ip != 0 && holder.local.ip != group.ip;
    });
    return holders;
}

Diagnosis taken(net::Address group, const std::string& why) {
    std::string owners;
    for (const net::PortHolder& holder : holders_of(group)) {
        if (!is_synod(holder)) owners += fmt::format("{}{}", owners.empty() ? "" : ", ", text_of(holder));
    }
    if (owners.empty()) return {Health::problem, "ports", why, {}};
    return {
        Health::problem, "ports",
        fmt::format("{} is taken: {} holds the port and does not share it", net::to_string(group), owners),
        "stop it, or choose another port in the configuration"};
}

Diagnosis free_or_shared(net::Address group) {
    unsigned ours = 0;
    std::string others;
    for (const net::PortHolder& holder : holders_of(group)) {
        if (is_synod(holder))
            ++ours;
        else
            others += fmt::format("{}{}", others.empty() ? "" : ", ", text_of(holder));
    }
    if (!others.empty())
        return {Health::warning, "ports",
                fmt::format(
                    "{} is shared with {}: what it sends there is refused by every process, and costs time",
                    net::to_string(group), others),
                "stop it, or choose another port in the configuration"};
    if (ours == 0) return {Health::ok, "ports", net::to_string(group) + " is free", {}};
    return {Health::ok,
            "ports",
            fmt::format("{} is shared by {} processes of Synod", net::to_string(group), ours),
            {}};
}

enum class Reach { all, some, none, failed };

// What became of the datagrams sent to a group, and what is to be said of it.
Reach probe(const net::Interface& interface, net::Address group, Diagnoses& found) {
    try {
        int arrived = 0;
        for (int k = 0; k < kAttempts; ++k)
            arrived += net::reaches_members(interface, group, kPatienceMs);
        found.push_back(free_or_shared(group));
        return arrived == kAttempts ? Reach::all : arrived > 0 ? Reach::some : Reach::none;
    } catch (const net::InUse& error) {
        found.push_back(taken(group, error.what()));
    } catch (const net::Error& error) {
        found.push_back({Health::problem, "multicast", error.what(), "see what `interface` says"});
    }
    return Reach::failed;
}

std::string list_of(const std::vector<net::Address>& groups) {
    std::string list;
    for (const net::Address group : groups)
        list += fmt::format("{}{}", list.empty() ? "" : ", ", net::to_string(group));
    return list;
}

// What could be looked at, and what was found there.
struct Firewall {
    bool seen = false;
    std::vector<FirewallRule> rules;
};

Firewall look_at_firewall(const Traffic& traffic) {
    Firewall firewall;
    const auto add = [&firewall](std::vector<FirewallRule> rules) {
        firewall.seen = true;
        firewall.rules.insert(firewall.rules.end(), rules.begin(), rules.end());
    };
    auto saved = output_of({"iptables-save"});
    if (!saved) saved = output_of({"/usr/sbin/iptables-save"});
    if (saved) add(dropping_rules_of_iptables(*saved, traffic));
    auto ruleset = output_of({"nft", "list", "ruleset"});
    if (!ruleset) ruleset = output_of({"/usr/sbin/nft", "list", "ruleset"});
    if (ruleset) add(dropping_rules_of_nft(*ruleset, traffic));
    return firewall;
}

// Rules that other rules may overrule are a problem only when something really is missing.
void blame_firewall(const Traffic& traffic, bool missing, Diagnoses& found) {
    const Firewall firewall = look_at_firewall(traffic);
    for (const FirewallRule& rule : firewall.rules)
        found.push_back({missing ? Health::problem : Health::warning, "firewall",
                         missing ? rule.text + " drops datagrams"
                                 : rule.text + " would drop datagrams, yet they arrive: another rule "
                                               "lets them pass, or it is for some only",
                         rule.remedy});
    if (!firewall.rules.empty()) return;
    if (firewall.seen)
        found.push_back({Health::ok, "firewall", "no rule drops datagrams of the cluster", {}});
    else if (missing)
        found.push_back({Health::warning, "firewall", "the rules could not be looked at",
                         "run `iptables-save` or `nft list ruleset` as root, and look for what drops UDP of "
                         "the cluster"});
    else
        found.push_back({Health::ok,
                         "firewall",
                         "the rules could not be looked at (that takes root, and iptables-save or nft); but "
                         "datagrams arrive",
                         {}});
}

void say_what_arrives(const std::vector<net::Address>& all, const std::vector<net::Address>& some,
                      const std::vector<net::Address>& none, Diagnoses& found) {
    if (!all.empty())
        found.push_back({Health::ok, "multicast", "what is sent to " + list_of(all) + " arrives", {}});
    if (!some.empty())
        found.push_back({Health::problem, "multicast",
                         "only some of what is sent to " + list_of(some) + " arrives",
                         "see what `firewall` says"});
    if (!none.empty())
        found.push_back({Health::problem, "multicast",
                         "nothing of what is sent to " + list_of(none) + " arrives",
                         "see what `interface` and `firewall` say"});
}

// At its own address a server shares the port with nobody.
Diagnosis look_at_port(const ServerEntry& server) {
    const std::string address = net::to_string(server.address);
    for (const net::PortHolder& holder : holders_of(server.address)) {
        if (!is_synod(holder))
            return {
                Health::problem, "ports",
                fmt::format("{}, of server {}, is taken: {} holds it", address, server.sid, text_of(holder)),
                "stop it, or choose another port in the configuration"};
        return {Health::ok,
                "ports",
                fmt::format("{}, of server {}, is held by {}", address, server.sid, text_of(holder)),
                {}};
    }
    return {Health::ok, "ports", fmt::format("{}, of server {}, is free", address, server.sid), {}};
}

void look_at_ports(const std::vector<ServerEntry>& servers, Diagnoses& found) {
    std::size_t here = 0;
    for (const ServerEntry& server : servers) {
        if (!net::is_of_this_host(server.address.ip)) continue;
        ++here;
        found.push_back(look_at_port(server));
    }
    if (here == 0 && !servers.empty())
        found.push_back({Health::warning, "ports", "none of the servers' addresses is of this host",
                         "run it where the servers run; or mend the addresses: `ip -brief address` shows "
                         "those of this host"});
}

}  // namespace

Diagnoses look_at_traffic(const InspectedCluster& cluster) {
    Diagnoses found;
    look_at_ports(cluster.servers, found);
    std::optional<net::Interface> interface;
    try {
        interface = net::resolve_interface(cluster.interface);
    } catch (const net::Error&) {  // the look at the interface says why
        found.push_back({Health::problem, cluster.groups.empty() ? "unicast" : "multicast",
                         "cannot be tried without the interface", "see what `interface` says"});
        return found;
    }
    const Traffic traffic{cluster.interface, cluster.groups, interface->ip};
    std::vector<net::Address> all, some, none;
    for (const net::Address group : traffic.groups) {
        const Reach reach = probe(*interface, group, found);
        if (reach == Reach::all) all.push_back(group);
        if (reach == Reach::some) some.push_back(group);
        if (reach == Reach::none) none.push_back(group);
    }
    say_what_arrives(all, some, none, found);
    const bool answers = net::reaches_process(*interface, kPatienceMs);
    if (!answers)
        found.push_back(
            {Health::problem, "unicast",
             fmt::format("what is sent to a process at {} does not arrive: answers and repairs are lost",
                         net::ip_text(interface->ip)),
             "see what `firewall` says"});
    blame_firewall(traffic, !some.empty() || !none.empty() || !answers, found);
    return found;
}

}  // namespace synod::cli

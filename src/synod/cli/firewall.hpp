#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "synod/net/address.hpp"

namespace synod::cli {

// What the rules of a firewall are held against.
struct Traffic {
    std::string interface;
    std::vector<net::Address> groups;
    std::uint32_t own_ip = 0;  // processes have ephemeral ports there; 0: left out
};

// A rule, or the policy of a chain, that drops some or all of the traffic unless another rule lets it pass
// first.
struct FirewallRule {
    std::string text;    // as the firewall shows it
    std::string remedy;  // a command
};

// Of what `iptables-save` prints.
std::vector<FirewallRule> dropping_rules_of_iptables(std::string_view saved, const Traffic& traffic);
// Of what `nft list ruleset` prints, without the tables that are iptables' own.
std::vector<FirewallRule> dropping_rules_of_nft(std::string_view ruleset, const Traffic& traffic);

}  // namespace synod::cli

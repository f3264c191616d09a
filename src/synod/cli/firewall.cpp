#include "synod/cli/firewall.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>

#include "synod/cli/text.hpp"

namespace synod::cli {

namespace {

std::vector<std::string> words_of(const std::string& line) {
    std::istringstream stream(line);
    std::vector<std::string> words;
    for (std::string word; stream >> word;)
        words.push_back(word);
    return words;
}

// 239.0.0.0/8
bool covers(std::string_view network, std::uint32_t ip) {
    const std::size_t slash = network.find('/');
    const auto base = net::parse_ip(network.substr(0, slash));
    const auto bits = slash == std::string_view::npos ? 32 : parse_unsigned(network.substr(slash + 1), 0, 32);
    if (!base || !bits) return true;  // not understood: it may
    const std::uint32_t mask = *bits == 0 ? 0 : ~std::uint32_t{0} << (32 - *bits);
    return ((*base ^ ip) & mask) == 0;
}

constexpr std::uint16_t kFirstEphemeral = 32768;

// "5001", "5001:5004" (iptables), "5001-5004" (nft), or several of them between commas. Whether some port
// from `from` to `to` is among them.
bool covers_port(std::string_view list, std::uint16_t from, std::uint16_t to) {
    while (!list.empty()) {
        const std::string_view one = list.substr(0, list.find(','));
        const std::size_t dash = one.find_first_of(":-");
        const auto first = parse_unsigned(one.substr(0, dash), 0, 65535);
        const auto last =
            dash == std::string_view::npos ? first : parse_unsigned(one.substr(dash + 1), 0, 65535);
        if (!first || !last || (to >= *first && from <= *last)) return true;
        list.remove_prefix(std::min(list.size(), one.size() + 1));
    }
    return false;
}

// What a rule says about a datagram's address, port and interface; what is left out fits all.
struct Match {
    std::optional<std::string> to;
    bool to_negated = false;
    std::optional<std::string> ports;
    bool ports_negated = false;
    std::optional<std::string> interface;
    bool interface_negated = false;
    bool other_protocol = false;

    [[nodiscard]] bool fits(const Traffic& traffic) const {
        if (other_protocol) return false;
        const bool other = interface && *interface != traffic.interface && !interface->ends_with('+');
        if (interface && other != interface_negated) return false;
        if (traffic.own_ip != 0 && fits(traffic.own_ip, kFirstEphemeral, 65535)) return true;
        return std::any_of(traffic.groups.begin(), traffic.groups.end(),
                           [this](net::Address group) { return fits(group.ip, group.port, group.port); });
    }

private:
    [[nodiscard]] bool fits(std::uint32_t ip, std::uint16_t from, std::uint16_t last) const {
        return (!to || covers(*to, ip) != to_negated) &&
               (!ports || covers_port(*ports, from, last) != ports_negated);
    }
};

Match match_of_iptables(const std::vector<std::string>& words) {
    Match match;
    for (std::size_t k = 0; k + 1 < words.size(); ++k) {
        const bool negated = k > 0 && words[k - 1] == "!";
        const std::string& name = words[k];
        const std::string& value = words[k + 1];
        if (name == "-d") {
            match.to = value;
            match.to_negated = negated;
        } else if (name == "--dport" || name == "--dports") {
            match.ports = value;
            match.ports_negated = negated;
        } else if (name == "-i" || name == "-o") {
            match.interface = value;
            match.interface_negated = negated;
        } else if (name == "-p") {
            match.other_protocol = (value == "udp" || value == "all") == negated;
        }
    }
    return match;
}

bool is_chain_on_the_way(std::string_view chain) {
    return chain != "FORWARD" && chain != "POSTROUTING";
}

bool drops(const std::string& target) {
    return target == "DROP" || target == "REJECT";
}

std::string accepting_rules(const std::string& chain, const Traffic& traffic) {
    std::string commands;
    for (const net::Address group : traffic.groups)
        commands += fmt::format("{}iptables -I {} -p udp -d {} --dport {} -j ACCEPT",
                                commands.empty() ? "" : "; ", chain, net::ip_text(group.ip), group.port);
    return commands;
}

std::optional<FirewallRule> rule_of_iptables(const std::string& table, const std::string& line,
                                             const Traffic& traffic) {
    const auto words = words_of(line);
    if (words.size() >= 2 && words[0].starts_with(':')) {
        const std::string chain = words[0].substr(1);
        if (words[1] != "DROP" || !is_chain_on_the_way(chain)) return std::nullopt;
        return FirewallRule{fmt::format("the policy of the chain {} of table {} is DROP", chain, table),
                            accepting_rules(chain, traffic)};
    }
    if (words.size() < 4 || words[0] != "-A" || !is_chain_on_the_way(words[1])) return std::nullopt;
    const auto jump = std::find(words.begin(), words.end(), "-j");
    if (jump == words.end() || jump + 1 == words.end() || !drops(jump[1])) return std::nullopt;
    if (!match_of_iptables(words).fits(traffic)) return std::nullopt;
    return FirewallRule{fmt::format("'{}' of table {}", line, table),
                        fmt::format("iptables -t {} -D{}", table, line.substr(2))};
}

// A value in nft's words: "{ 5001, 5002 }" becomes "5001,5002".
std::string value_after(const std::vector<std::string>& words, std::size_t k, bool& negated) {
    negated = k < words.size() && words[k] == "!=";
    if (negated) ++k;
    if (k >= words.size()) return {};
    if (words[k] != "{") return words[k];
    std::string list;
    while (++k < words.size() && words[k] != "}")
        list += words[k];
    return list;
}

Match match_of_nft(const std::vector<std::string>& words) {
    Match match;
    for (std::size_t k = 0; k + 1 < words.size(); ++k) {
        const std::string& name = words[k];
        if (name == "daddr") {
            match.to = value_after(words, k + 1, match.to_negated);
        } else if (name == "dport") {
            match.ports = value_after(words, k + 1, match.ports_negated);
        } else if (name == "iifname" || name == "oifname" || name == "iif" || name == "oif") {
            std::string value = value_after(words, k + 1, match.interface_negated);
            std::erase(value, '"');
            match.interface = value;
        } else if (name == "tcp" || name == "icmp" || name == "ip6" || name == "icmpv6") {
            match.other_protocol = true;
        }
    }
    return match;
}

// Reads a ruleset line by line, and knows where it is.
class NftReader {
public:
    explicit NftReader(const Traffic& traffic) : traffic_(traffic) {}

    void line(const std::string& text) {
        const auto words = words_of(text);
        if (words.empty()) return;
        if (words[0] == "#") {
            next_is_iptables_ = text.find("managed by iptables") != std::string::npos;
        } else if (words[0] == "table") {
            skipped_ = std::exchange(next_is_iptables_, false) || (words.size() > 1 && words[1] == "ip6");
            table_ = words.size() > 2 ? words[1] + " " + words[2] : "";
        } else if (words[0] == "chain" && words.size() > 1) {
            chain_ = words[1];
            on_the_way_ = true;
        } else if (!skipped_) {
            rule(text, words);
        }
    }
    std::vector<FirewallRule> found;

private:
    void rule(const std::string& text, const std::vector<std::string>& words) {
        const auto has = [&words](std::string_view word) {
            return std::find(words.begin(), words.end(), word) != words.end();
        };
        if (words[0] == "type") on_the_way_ = !has("forward") && !has("postrouting");
        if (!on_the_way_) return;
        const std::string where = fmt::format("chain {} of nft table {}", chain_, table_);
        if (words[0] == "type") {
            if (has("drop;")) found.push_back({"the policy of " + where + " is drop", accepting_rules()});
        } else if ((has("drop") || has("reject")) && match_of_nft(words).fits(traffic_)) {
            found.push_back(
                {fmt::format("'{}' in {}", text.substr(text.find_first_not_of(" \t")), where),
                 fmt::format("see `nft -a list chain {} {}` and delete it by its handle", table_, chain_)});
        }
    }
    [[nodiscard]] std::string accepting_rules() const {
        std::string commands;
        for (const net::Address group : traffic_.groups)
            commands +=
                fmt::format("{}nft insert rule {} {} ip daddr {} udp dport {} accept",
                            commands.empty() ? "" : "; ", table_, chain_, net::ip_text(group.ip), group.port);
        return commands;
    }

    const Traffic& traffic_;
    std::string table_;
    std::string chain_;
    bool on_the_way_ = true;
    bool skipped_ = false;
    bool next_is_iptables_ = false;
};

}  // namespace

std::vector<FirewallRule> dropping_rules_of_iptables(std::string_view saved, const Traffic& traffic) {
    std::vector<FirewallRule> found;
    std::string table = "filter";
    std::istringstream lines{std::string(saved)};
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('*')) table = line.substr(1);
        if (auto rule = rule_of_iptables(table, line, traffic)) found.push_back(std::move(*rule));
    }
    return found;
}

std::vector<FirewallRule> dropping_rules_of_nft(std::string_view ruleset, const Traffic& traffic) {
    NftReader reader(traffic);
    std::istringstream lines{std::string(ruleset)};
    for (std::string line; std::getline(lines, line);)
        reader.line(line);
    return std::move(reader.found);
}

}  // namespace synod::cli

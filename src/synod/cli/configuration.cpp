#include "synod/cli/configuration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "synod/cli/small_file.hpp"
#include "synod/cli/text.hpp"
#include "synod/net/address.hpp"

namespace synod::cli {
namespace {

constexpr std::string_view kGroupLine = "<role> <ip> <port>";

// One of our own lines: a name, what must follow it, and where that goes (false: it is not such a thing).
struct Setting {
    std::string_view name;
    std::string_view expected;
    bool (*apply)(node::Options&, std::string_view);
};

template <typename Target, typename Value>
bool put(Target& target, const std::optional<Value>& value) {
    if (value) target = static_cast<Target>(*value);
    return value.has_value();
}

bool put_switch(bool& target, std::string_view text) {
    if (text != "on" && text != "off") return false;
    target = text == "on";
    return true;
}

bool put_name(std::string& target, std::string_view text, std::size_t length_max) {
    target = text;
    return text.size() <= length_max;
}

using node::Options;
constexpr std::uint64_t kAny = ~std::uint64_t{0};
constexpr std::array kSettings{
    Setting{"interface", "a network interface, at most 15 characters (interface eth0)",
            [](Options& o, std::string_view t) { return put_name(o.interface, t, 15); }},
    Setting{"cluster", "a name of at most 64 characters (cluster blue)",
            [](Options& o, std::string_view t) { return put_name(o.cluster, t, 64); }},
    Setting{"run", "a number from 1 on (run 7)",
            [](Options& o, std::string_view t) {
                o.run = parse_unsigned(t, 1, kAny);
                return o.run.has_value();
            }},
    Setting{"acceptors", "a number from 1 to 15 (acceptors 3)",
            [](Options& o, std::string_view t) { return put(o.acceptors, parse_unsigned(t, 1, 15)); }},
    Setting{"history", "a size in bytes, at least 1M (history 256MiB)",
            [](Options& o, std::string_view t) {
                return put(o.history_bytes, parse_size(t)) && o.history_bytes >= node::kHistoryBytesMin;
            }},
    Setting{"receive-buffer", "a size in bytes from 64K to 512M (receive-buffer 8MiB)",
            [](Options& o, std::string_view t) {
                return put(o.receive_buffer_bytes, parse_size(t)) &&
                       o.receive_buffer_bytes >= node::kReceiveBufferBytesMin &&
                       o.receive_buffer_bytes <= node::kReceiveBufferBytesMax;
            }},
    Setting{"loss", "a probability from 0 to 1 (loss 0.1)",
            [](Options& o, std::string_view t) { return put(o.faults.loss, parse_number(t, 0, 1)); }},
    Setting{"duplicate", "a probability from 0 to 1 (duplicate 0.05)",
            [](Options& o, std::string_view t) { return put(o.faults.duplicate, parse_number(t, 0, 1)); }},
    Setting{"reorder", "a probability from 0 to 1 (reorder 0.05)",
            [](Options& o, std::string_view t) { return put(o.faults.reorder, parse_number(t, 0, 1)); }},
    Setting{"seed", "a number (seed 7)",
            [](Options& o, std::string_view t) { return put(o.faults.seed, parse_unsigned(t, 0, kAny)); }},
    Setting{"batch", "the most values in an instance, 0 for as many as fit (batch 1)",
            [](Options& o, std::string_view t) {
                return put(o.policy.batch_values, parse_unsigned(t, 0, 0xffffffff));
            }},
    Setting{"direct-2b", "on or off (direct-2b off)",
            [](Options& o, std::string_view t) { return put_switch(o.policy.direct_2b, t); }},
    Setting{"proactive-phase1", "on or off (proactive-phase1 off)",
            [](Options& o, std::string_view t) { return put_switch(o.policy.proactive_phase1, t); }},
    Setting{"leader", "an oracle: none, lowest-id, bully or ble (leader ble)",
            [](Options& o, std::string_view t) { return put(o.leader.oracle, parse_oracle(t)); }},
    Setting{"leader-ping", "a time from 1ms to an hour (leader-ping 10ms)",
            [](Options& o, std::string_view t) { return put(o.leader.ping, parse_duration(t)); }},
    Setting{"leader-suspect", "a time from 1ms to an hour (leader-suspect 40ms)",
            [](Options& o, std::string_view t) { return put(o.leader.suspect, parse_duration(t)); }},
};

std::vector<std::string_view> words_of(std::string_view line) {
    constexpr std::string_view kSpace = " \t\r\v\f";
    std::vector<std::string_view> words;
    std::size_t begin = 0;
    while ((begin = line.find_first_not_of(kSpace, begin)) != std::string_view::npos) {
        const std::size_t end = std::min(line.find_first_of(kSpace, begin), line.size());
        words.push_back(line.substr(begin, end - begin));
        begin = end;
    }
    return words;
}

std::optional<Role> role_of(std::string_view word) {
    for (int i = 0; i < kRoles; ++i)
        if (word == kRoleNames[i] ||
            (word.ends_with('s') && word.substr(0, word.size() - 1) == kRoleNames[i]))
            return static_cast<Role>(i);
    return std::nullopt;
}

std::string dotted(Endpoint endpoint) {
    return net::to_string({endpoint.address, endpoint.port});
}

class Parser {
public:
    Parser(const std::string& path, Options& options) : path_(path), options_(options) {
        options_.groups.fill(Endpoint{});
        options_.cluster.clear();
    }

    void line(std::string_view text) {
        ++number_;
        text_ = text;
        const auto words = words_of(text.substr(0, text.find('#')));
        if (words.empty()) return;
        const auto role = role_of(words[0]);
        if (role && !is_number_of_acceptors(words))
            group(*role, words);
        else
            setting(words);
    }

    void finish() {
        for (int i = 0; i < kRoles; ++i)
            if (options_.groups[i].is_none())
                throw UsageError(
                    fmt::format("{}: no line for role '{}'; expected {} for each of client, proposer, "
                                "acceptor, learner",
                                path_, kRoleNames[i], kGroupLine));
        if (options_.cluster.empty()) options_.cluster = canonical_groups();
        const OracleOptions& leader = options_.leader;
        const bool both = line_of_.contains("leader-ping") && line_of_.contains("leader-suspect");
        if (both && leader.suspect < leader.ping * 2)
            throw UsageError(fmt::format(
                "{}:{}: a leader is suspected after {}, but pings every {}; "
                "expected leader-suspect to be twice leader-ping or more",
                path_, line_of_.at("leader-suspect"), to_text(leader.suspect), to_text(leader.ping)));
    }

private:
    // "acceptors 3", unlike "acceptors 239.1.2.3 5003".
    static bool is_number_of_acceptors(const std::vector<std::string_view>& words) {
        return words.size() == 2 && words[0] == "acceptors" && words[1].find('.') == std::string_view::npos;
    }

    [[noreturn]] void fail(const std::string& what, std::string_view expected) const {
        const auto first = text_.find_first_not_of(" \t\r");
        const auto last = text_.find_last_not_of(" \t\r");
        throw UsageError(fmt::format("{}:{}: {}: {}; expected {}", path_, number_,
                                     shown(text_.substr(first, last + 1 - first)), what, expected));
    }

    void only_once(std::string_view name) {
        const auto [earlier, fresh] = line_of_.emplace(name, number_);
        if (!fresh) fail(fmt::format("'{}' was given on line {} already", name, earlier->second), "it once");
    }

    void group(Role role, const std::vector<std::string_view>& words) {
        if (words.size() != 3) fail(words.size() < 3 ? "too few words" : "too many words", kGroupLine);
        only_once(kRoleNames[static_cast<int>(role)]);
        const Endpoint endpoint{address(words[1]), port(words[2])};
        for (int i = 0; i < kRoles; ++i)
            if (options_.groups[i] == endpoint)
                fail(fmt::format("{} is the group of '{}' already", dotted(endpoint), kRoleNames[i]),
                     "an address and port of its own for each role");
        options_.groups[static_cast<int>(role)] = endpoint;
    }

    [[nodiscard]] std::uint32_t address(std::string_view word) const {
        const auto ip = net::parse_ip(word);
        if (!ip) fail(fmt::format("{} is not an IPv4 address", shown(word)), kGroupLine);
        if (!net::Address{*ip, 0}.is_multicast())
            fail(fmt::format("{} is not a multicast address", shown(word)),
                 "an address from 224.0.0.0 to 239.255.255.255 (239.1.2.3)");
        return *ip;
    }

    [[nodiscard]] std::uint16_t port(std::string_view word) const {
        const auto port = parse_unsigned(word, 1, 65535);
        if (!port)
            fail(fmt::format("{} is not a port", shown(word)),
                 fmt::format("{} with a port from 1 to 65535", kGroupLine));
        return static_cast<std::uint16_t>(*port);
    }

    void setting(const std::vector<std::string_view>& words) {
        const auto* known = std::find_if(kSettings.begin(), kSettings.end(),
                                         [&](const Setting& s) { return s.name == words[0]; });
        if (known == kSettings.end())
            fail(fmt::format("{} is neither a role nor a setting", shown(words[0])), kinds_of_line());
        if (words.size() != 2)
            fail(words.size() < 2 ? "too few words" : "too many words",
                 fmt::format("{} and {}", known->name, known->expected));
        only_once(known->name);
        if (!known->apply(options_, words[1]))
            fail(fmt::format("{} does not do", shown(words[1])), known->expected);
    }

    static std::string kinds_of_line() {
        std::string text =
            fmt::format("{} (roles: client, proposer, acceptor, learner) or one of", kGroupLine);
        for (const Setting& setting : kSettings)
            text += fmt::format("{}{}", setting.name == kSettings[0].name ? " " : ", ", setting.name);
        return text;
    }

    // The same for every file that means the same groups, however it is written.
    [[nodiscard]] std::string canonical_groups() const {
        std::string text;
        for (int i = 0; i < kRoles; ++i)
            text += fmt::format("{}{} {}", i == 0 ? "" : ", ", kRoleNames[i], dotted(options_.groups[i]));
        return text;
    }

    const std::string& path_;
    Options& options_;
    std::string_view text_;
    int number_ = 0;
    std::map<std::string_view, int> line_of_;
};

}  // namespace

void parse_configuration(std::string_view text, const std::string& path, node::Options& options) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    Parser parser(path, options);
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        parser.line(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    parser.finish();
}

void read_configuration(const std::string& path, node::Options& options) {
    options.configuration = path;
    parse_configuration(read_small_file(path, fmt::format("a few lines {}", kGroupLine)), path, options);
}

}  // namespace synod::cli

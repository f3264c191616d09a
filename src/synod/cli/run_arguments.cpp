#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "synod/cli/argument_types.hpp"
#include "synod/cli/arguments.hpp"
#include "synod/cli/text.hpp"

namespace synod::cli {
namespace {

constexpr const char* kRunExamples =
    "Examples:\n"
    "  synod run -n 10000                   10,000 values from each of 2 clients\n"
    "  synod run -n 1000 --loss 0.1         the same on a network that drops every tenth datagram\n"
    "  synod run -n 1000 --down 1           with 2 of 3 acceptors (--down 2: nothing can be decided)\n"
    "  synod run -n 100000 --kill acceptor:2@0.5s --kill leader@1s\n"
    "  synod run --input words.txt          real lines, dealt among the clients\n"
    "  synod run --diagram run.html         draws every message, to be looked at with a browser\n"
    "  synod run --duration 10 -c 1         as many values as it takes in 10 seconds, verified in memory\n"
    "Exit status: 0 ok, 3 incomplete, 1 violated, 2 wrong usage, 130 interrupted.";

// <role>:<id>, or the leader.
std::optional<Kill> parse_victim(std::string_view text) {
    if (text == "leader") return Kill{Role::proposer, 0, 0};
    for (int i = 0; i < kRoles; ++i) {
        const auto role = static_cast<Role>(i);
        if (!text.starts_with(fmt::format("{}:", name_of(role)))) continue;
        const auto id = parse_unsigned(text.substr(name_of(role).size() + 1), 1, 65535);
        if (id) return Kill{role, static_cast<std::uint16_t>(*id), 0};
    }
    return std::nullopt;
}

// <victim>@<time>
Kill parse_kill(const std::string& text) {
    const std::size_t at = text.find('@');
    const auto time =
        at == std::string::npos ? std::nullopt : parse_seconds(std::string_view(text).substr(at + 1));
    auto kill = parse_victim(std::string_view(text).substr(0, at));
    if (!kill || !time)
        throw CLI::ValidationError(
            "--kill", shown(text) + " is not <role>:<id>@<time>; expected acceptor:2@0.5s or leader@0.5s");
    kill->at_seconds = *time;
    return *kill;
}

void add_run_load(CLI::App& sub, RunOptions& o) {
    auto* num = sub.add_option("-n,--num", o.values, "Values of each client (5)")->transform(count());
    auto* input = sub.add_option("--input", o.input, "Lines to send instead, dealt among the clients");
    auto* duration = sub.add_option("--duration", o.duration_seconds,
                                    "Seconds for which clients make values instead, as many as are taken");
    duration->transform(seconds_text())->excludes(num)->excludes(input);
    input->excludes(num);
    sub.add_option("--size", o.value_bytes, "Bytes of a value (64)")->transform(size_text());
    sub.add_option("--rate", o.values_per_second, "Values a second of each client (no limit)")->check(rate());
    sub.add_option("--latency-from", o.latency_from_seconds,
                   "Latency counts from so many seconds after the start, when histories are full (0)")
        ->transform(seconds_text())
        ->needs(duration);
    sub.add_option("-b,--batch", o.policy.batch_values,
                   "Most values in an instance (as many as fit); 1: no batching")
        ->transform(count(0, std::numeric_limits<std::uint32_t>::max()));
}

void add_run_cluster(CLI::App& sub, RunOptions& o) {
    sub.add_option("-c,--clients", o.clients, "Clients (2)")->transform(count(1, 1000));
    sub.add_option("-p,--proposers", o.proposers, "Proposers (2)")->transform(count(1, 1000));
    sub.add_option("-a,--acceptors", o.acceptors, "Acceptors (3)")->transform(count(1, 15));
    sub.add_option("-l,--learners", o.learners, "Learners (2)")->transform(count(0, 1000));
    sub.add_option("--down", o.down, "Acceptors that are never started")->transform(count(0, 15));
    sub.add_option_function<std::vector<std::string>>(
           "--kill",
           [&o](const std::vector<std::string>& texts) {
               for (const std::string& text : texts)
                   o.kills.push_back(parse_kill(text));
           },
           "Kill a process some time after the clients start: acceptor:2@0.5s, leader@1s")
        ->allow_extra_args(false);
    sub.add_flag("--catchup", o.catchup,
                 "The last learner and the last client start when the others are done");
    add_leader(sub, o.leader);
    sub.add_option("-s,--sleep", o.pause_seconds, "Pause in seconds between two starts (0)")
        ->transform(seconds_text());
    sub.add_option("--ip", o.ip, "The multicast address of the groups (239.1.2.3)");
    sub.add_option("--interface", o.interface, "The network interface of the groups (lo)");
    sub.add_option("--history", o.history_bytes,
                   "How much an acceptor keeps for those who come late (256MiB)")
        ->transform(size_text());
}

void add_run_faults(CLI::App& sub, RunOptions& o) {
    sub.add_option("--loss", o.faults.loss, "Every receiver drops so many datagrams (0.1)")
        ->check(probability());
    sub.add_option("--duplicate", o.faults.duplicate, "... takes so many twice")->check(probability());
    sub.add_option("--reorder", o.faults.reorder, "... takes so many later")->check(probability());
    sub.add_option("--seed", o.faults.seed, "The same seed, the same faults")->transform(count());
    sub.add_flag_callback(
        "--no-direct-2b", [&o] { o.policy.direct_2b = false; },
        "Acceptors answer the proposer, which tells the learners");
    sub.add_flag_callback(
        "--no-proactive-phase1", [&o] { o.policy.proactive_phase1 = false; },
        "Each instance has a phase 1 of its own");
}

}  // namespace

void add_run(CLI::App& app, RunOptions& o) {
    CLI::App* sub =
        app.add_subcommand("run", "Runs a whole cluster of processes, feeds it, checks what comes out");
    sub->footer(kRunExamples);
    add_run_load(*sub, o);
    add_run_cluster(*sub, o);
    add_run_faults(*sub, o);
    sub->add_option("--timeout", o.timeout_seconds,
                    "The run ends after so many seconds without progress (30)")
        ->transform(seconds_text());
    sub->add_option("--diagram", o.diagram, "Draw what the processes say to each other, as .svg or .html");
    sub->add_flag("--chatter", o.chatter, "Draw messages that say nothing new, too");
    sub->add_flag("--json", o.json, "Print one JSON object instead of a table");
    sub->add_option("--logs", o.logs, "Where files go (logs)");
    sub->add_flag("-d,--debug", o.debug, "Processes say what they do in their logs");
    sub->final_callback([sub, &o] { o.logs_given = sub->count("--logs") > 0; });
}

}  // namespace synod::cli

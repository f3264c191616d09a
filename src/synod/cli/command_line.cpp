#include "synod/cli/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <map>

#include "synod/cli/configuration.hpp"
#include "synod/cli/text.hpp"

namespace synod::cli {
namespace {

constexpr const char* kSummary =
    "Synod: atomic broadcast by Multi-Paxos over IP multicast.\n"
    "Every learner prints the values of all clients, in one order, exactly once.";

constexpr const char* kExamples =
    "Examples:\n"
    "  synod run                            2 clients send 5 values each; what came out is checked\n"
    "  synod run -n 1000 --loss 0.1         1000 values each, every tenth datagram dropped\n"
    "  synod acceptor 1 paxos.conf          one process by hand; then acceptors 2 and 3,\n"
    "  synod proposer 1 paxos.conf          a proposer,\n"
    "  synod learner 1 paxos.conf           a learner that prints what is decided,\n"
    "  seq 100 | synod client 1 paxos.conf  and a client that sends the lines of its input\n"
    "  synod check logs                     checks the files of the last run again\n"
    "  synod plot                           draws its latencies and its throughput\n"
    "  synod trace                          what happened in it, when it was traced (run --diagram FILE)\n"
    "  synod sim --minutes 1                simulated clusters under faults of every kind\n"
    "  synod doctor paxos.conf              what on this host is in the way, and what to do about it\n"
    "  synod status paxos.conf              how a cluster is: who leads, who lags, who is missing\n"
    "  synod server paxos.config.json --sid 1\n"
    "                                       a server of a replicated store, for Redis clients\n"
    "  synod kv client.config.json set a 1  an operation on that store";

const std::map<Role, const char*> kRoleSummaries{
    {Role::client, "Sends the lines of standard input; exits when the last one is decided"},
    {Role::proposer, "Puts values in order: one of the coordinators, who agree among themselves who leads"},
    {Role::acceptor, "Votes: a majority of the acceptors decides"},
    {Role::learner, "Prints decided values on standard output, one a line, in the one order"},
};

const std::map<Role, const char*> kRoleExamples{
    {Role::client,
     "Examples:\n"
     "  seq 1000 | synod client 1 paxos.conf\n"
     "  synod client 2 paxos.conf < values.txt --loss 0.1 --seed 7"},
    {Role::proposer,
     "Examples:\n"
     "  synod proposer 1 paxos.conf\n"
     "  synod proposer 2 paxos.conf --batch 1     one value an instance"},
    {Role::acceptor,
     "Examples:\n"
     "  synod acceptor 1 paxos.conf               ids run from 1 to the configured number (3)\n"
     "  synod acceptor 5 paxos.conf --acceptors 5 --history 1GiB"},
    {Role::learner,
     "Examples:\n"
     "  synod learner 1 paxos.conf > learned.txt\n"
     "  synod learner 2 paxos.conf -d             says on standard error what it does"},
};

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

constexpr const char* kCheckExamples =
    "Examples:\n"
    "  synod check                          the files that the last 'synod run' left in logs/\n"
    "  synod check --submitted c1.txt c2.txt --learned l1.txt l2.txt\n"
    "  synod check --executed executed-1.log executed-2.log executed-3.log\n"
    "Exit status: 0 ok, 3 incomplete, 1 violated, 2 wrong usage or an unreadable file.";

constexpr const char* kSimExamples =
    "Each seed draws a cluster, its network, its load and its faults, and lives through one history;\n"
    "the same seed gives the same history, to the bit, on every machine.\n"
    "Examples:\n"
    "  synod sim                            100 histories that nobody has tried yet, on all cores\n"
    "  synod sim --seed 7                   the history of seed 7\n"
    "  synod sim --seed 1 --seeds 1000      a thousand, always the same\n"
    "  synod sim --minutes 10 --coverage    as many as it takes, and what they have met\n"
    "  synod sim --seed 7 --json | jq .hash the hash of everything that happened\n"
    "  synod sim --scenario tests/scenarios/one_value.scenario --trace\n"
    "                                       what happens, line by line\n"
    "  synod sim --scenario tests/scenarios/duel.scenario --diagram duel.html\n"
    "                                       ... as a picture\n"
    "Exit status: 0 ok, 1 violated, 2 wrong usage.";

constexpr const char* kDoctorExamples =
    "Examples:\n"
    "  synod doctor                         looks at this host with ./paxos.conf\n"
    "  synod doctor other.conf --json\n"
    "It changes nothing; processes of the cluster may run meanwhile.\n"
    "Exit status: 0 no problem (warnings perhaps), 1 a problem, 2 wrong usage.";

constexpr const char* kPlotExamples =
    "Draws plot_cdf, plot_cartesian (latency over time) and plot_throughput, each as .pdf and .png, with "
    "gnuplot\n"
    "and the scripts in scripts/plotting. Kills and changes of the leader are marked on the axis of time.\n"
    "Examples:\n"
    "  synod plot                           the last run, into logs/\n"
    "  synod run --duration 3 --logs on; synod run --duration 3 -b 1 --logs off\n"
    "  synod plot on off                    batching on and off, in one plot\n"
    "Exit status: 0 drawn, 1 gnuplot failed, 2 wrong usage, or nothing to plot.";

constexpr const char* kServerExamples =
    "One of the servers of a replicated key-value store, to which Redis clients connect. The configuration\n"
    "names them all (examples/paxos.config.json); which of them this one is comes from --sid, or SYNOD_SID "
    "or\n"
    "PAXOS_SID in the environment, or \"sid\" in the file.\n"
    "Examples:\n"
    "  synod server examples/paxos.config.json --sid 1\n"
    "  PAXOS_SID=2 synod server examples/paxos.config.json\n"
    "  synod server examples/paxos.config.json --sid 3 --log executed-3.log\n"
    "  redis-cli -p 6381 set greeting hello; redis-cli -p 6382 get greeting\n"
    "Exit status: 0 told to end (SIGTERM, Ctrl-C), 1 an error, 2 wrong usage or configuration.";

constexpr const char* kKvExamples =
    "The configuration (client.config.json, or the first word when it ends in .json) names the servers, and\n"
    "which of them to ask first. When a connection breaks, the operation is sent again, to another server, "
    "and\n"
    "runs once all the same. Without an operation, lines of standard input are run, or a prompt asks for "
    "them.\n"
    "Examples:\n"
    "  synod kv examples/client.config.json set greeting 'hello, world'\n"
    "  synod kv examples/client.config.json get greeting\n"
    "  synod kv --json examples/client.config.json mget a b\n"
    "  synod kv --file operations.txt examples/client.config.json\n"
    "  synod kv examples/client.config.json                     a prompt, with a history\n"
    "Exit status: 0 ok, 1 the store's answer was an error, 2 wrong usage, 3 no answer in time.";

constexpr const char* kStatusExamples =
    "Examples:\n"
    "  synod status                         asks the processes of ./paxos.conf how they are\n"
    "  synod status other.conf --json | jq .leader\n"
    "  synod status --watch                 again every second, until Ctrl-C\n"
    "Exit status, of a watch that of its last look: 0 healthy, 3 degraded (an acceptor is missing or "
    "observes,\n"
    "a process is silent, nobody leads), 4 no majority of the acceptors votes, 1 an error, 2 wrong usage.";

constexpr const char* kTraceExamples =
    "Examples:\n"
    "  synod run -n 300 --kill leader@0.2s --rate 500 --diagram run.svg\n"
    "  synod trace                          tells it: logs/run.trace, an event a line\n"
    "  synod trace --json | jq -c 'select(.event == \"leads\")'\n"
    "  synod trace --diagram later.svg --from 0.4\n"
    "                                       another part of it as a picture\n"
    "  synod trace logs/acceptor-1.trace    what one process has seen\n"
    "Exit status: 0 told, 2 wrong usage, or no trace.";

const auto kSize = [](std::string& text) {
    const auto size = parse_size(text);
    if (!size) return shown(text) + " is no size; expected 4096, 64K, 256MiB or 1G";
    text = std::to_string(*size);
    return std::string();
};
const auto kSeconds = [](std::string& text) {
    const std::string_view number =
        text.ends_with('s') ? std::string_view(text).substr(0, text.size() - 1) : text;
    const auto seconds = parse_number(number, 0, 1e9);
    if (!seconds) return shown(text) + " is no time; expected seconds, as 2, 0.5 or 0.5s";
    text = fmt::format("{}", *seconds);
    return std::string();
};

// CLI::Range takes "nan", and CLI11 -1 for the highest number there is.
CLI::Validator number(double min, double max) {
    return {[=](std::string& text) {
                return parse_number(text, min, max)
                           ? std::string()
                           : fmt::format("{} is not a number from {} to {}", shown(text), min, max);
            },
            ""};
}
CLI::Validator count() {
    return {[](std::string& text) {
                return parse_unsigned(text, 0, ~std::uint64_t{0})
                           ? std::string()
                           : fmt::format("{} is not a number from 0 on", shown(text));
            },
            ""};
}
CLI::Validator probability() {
    return number(0, 1);
}
CLI::Validator size_text() {
    return {kSize, ""};
}
CLI::Validator seconds_text() {
    return {kSeconds, ""};
}
CLI::Validator rate() {
    return number(0, 1e12);
}

CLI::Validator oracle() {
    return CLI::IsMember(std::vector<std::string>(kOracleNames.begin(), kOracleNames.end()));
}

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
    std::string time = at == std::string::npos ? "" : text.substr(at + 1);
    auto kill = parse_victim(std::string_view(text).substr(0, at));
    if (!kill || !kSeconds(time).empty())
        throw CLI::ValidationError(
            "--kill", shown(text) + " is not <role>:<id>@<time>; expected acceptor:2@0.5s or leader@0.5s");
    kill->at_seconds = *parse_number(time, 0, 1e9);
    return *kill;
}

void add_role(CLI::App& app, Role role, RoleOptions& o) {
    CLI::App* sub = app.add_subcommand(std::string(name_of(role)), kRoleSummaries.at(role));
    sub->footer(kRoleExamples.at(role));
    sub->callback([&o, role] { o.role = role; });
    sub->add_option("id", o.id, role == Role::acceptor ? "1 to the configured number" : "0 to 65535")
        ->required();
    sub->add_option("conf", o.configuration, "The configuration, paxos.conf")->required();
    sub->add_option("--loss", o.loss, "Drop so many of the datagrams received (0.1)")->check(probability());
    sub->add_option("--duplicate", o.duplicate, "Take so many of them twice")->check(probability());
    sub->add_option("--reorder", o.reorder, "Take so many of them later")->check(probability());
    sub->add_option("--seed", o.seed, "The same seed, the same faults")->check(count());
    sub->add_flag("--no-direct-2b", o.no_direct_2b,
                  "Acceptors answer the proposer, which tells the learners");
    sub->add_flag("--no-proactive-phase1", o.no_proactive_phase1, "Each instance has a phase 1 of its own");
    sub->add_option("-b,--batch", o.batch, "Most values in an instance; 1: no batching");
    if (role == Role::proposer)
        sub->add_option("--leader", o.leader, "Who leads: none, lowest-id, bully or ble (ble)")
            ->check(oracle());
    sub->add_option("--interface", o.interface, "The network interface of the groups (lo)");
    sub->add_option("--acceptors", o.acceptors, "How many acceptors there are (3)")->check(CLI::Range(1, 15));
    sub->add_option("--history", o.history_bytes,
                    "How much an acceptor keeps for those who come late (256MiB)")
        ->transform(size_text());
    sub->add_flag("-d,--debug", o.debug, "Say on standard error what happens");

    sub->add_option("--report-fd", o.report_fd)->group("");
    sub->add_option("--stamps-fd", o.stamps_fd)->group("");
    sub->add_option("--trace-file", o.trace_file)->group("");
    sub->add_option("--generate", o.generate)->group("");
    sub->add_option("--size", o.value_bytes)->transform(size_text())->group("");
    sub->add_option("--seconds", o.seconds)->transform(seconds_text())->group("");
    sub->add_option("--latency-from", o.latency_from_seconds)->transform(seconds_text())->group("");
    sub->add_option("--rate", o.values_per_second)->check(rate())->group("");
    sub->add_flag("--verify", o.verify)->group("");
}

void add_doctor(CLI::App& app, DoctorOptions& o) {
    CLI::App* sub =
        app.add_subcommand("doctor", "Finds what is in the way on this host, and says what to do");
    sub->footer(kDoctorExamples);
    sub->add_option("conf", o.configuration, "The configuration (paxos.conf)");
    sub->add_flag("--json", o.json, "One JSON object");
}

void add_status(CLI::App& app, StatusOptions& o) {
    CLI::App* sub =
        app.add_subcommand("status", "Asks a cluster how it is: who leads, who lags, who is missing");
    sub->footer(kStatusExamples);
    sub->add_option("conf", o.configuration, "The configuration (paxos.conf)");
    sub->add_flag("--json", o.json, "One JSON object");
    sub->add_flag("--watch", o.watch, "Again and again, until told to end");
    sub->add_option("--interval", o.interval, "Seconds between two looks of a watch (1)")
        ->transform(seconds_text());
}

void add_check(CLI::App& app, CheckOptions& o) {
    CLI::App* sub = app.add_subcommand("check", "Checks what learners wrote against what clients submitted");
    sub->footer(kCheckExamples);
    sub->add_option("dir", o.directory, "The files of a run (logs)");
    sub->add_option("--submitted", o.submitted, "What clients submitted, a file each");
    sub->add_option("--learned", o.learned, "What learners printed, a file each");
    sub->add_option("--executed", o.executed, "What servers executed (synod server --log), a file each");
    sub->add_flag("--json", o.json, "One JSON object");
}

void add_duration(CLI::App& sub, const std::string& name, Duration& duration, const std::string& what) {
    sub.add_option_function<std::string>(
        name,
        [&duration, name](const std::string& text) {
            const auto parsed = parse_duration(text);
            if (!parsed) throw CLI::ValidationError(name, shown(text) + " is no time; expected 10ms or 2s");
            duration = *parsed;
        },
        what);
}

void add_leader(CLI::App& sub, OracleOptions& leader) {
    sub.add_option_function<std::string>(
           "--leader", [&leader](const std::string& name) { leader.oracle = *parse_oracle(name); },
           "Who leads: none, lowest-id, bully or ble (ble)")
        ->check(oracle());
    add_duration(sub, "--leader-ping", leader.ping, "Time between signs of life (as the oracle likes it)");
    add_duration(sub, "--leader-suspect", leader.suspect, "... without one, until a leader is replaced");
}

void add_kv(CLI::App& app, KvOptions& o) {
    CLI::App* sub =
        app.add_subcommand("kv", "Reads and writes the store of the servers, by hand or from a file");
    sub->footer(kKvExamples);
    sub->prefix_command();  // words of an operation may begin with a dash
    sub->add_option("--file", o.file, "Operations, a line each; - for standard input");
    sub->add_flag("--json", o.json, "A JSON object a line for each operation");
    add_duration(*sub, "--timeout", o.timeout, "How long to try each operation (10s)");
    sub->final_callback([sub, &o] { o.words = sub->remaining(); });
}

void add_server(CLI::App& app, ServerCommandOptions& o) {
    CLI::App* sub =
        app.add_subcommand("server", "Serves Redis clients from a store that all servers replicate");
    sub->footer(kServerExamples);
    sub->add_option("config", o.configuration, "The servers (paxos.config.json)");
    sub->add_option("--sid", o.sid, "Which of them this one is");
    sub->add_option("--log", o.log, "Write the operations that it executes to this file, for synod check");
    add_leader(*sub, o.leader);
    sub->add_option("--history", o.history_bytes, "How much is kept for servers that come late (256MiB)")
        ->transform(size_text());
    sub->add_option("--maxmemory", o.memory_bytes_max,
                    "Keys and values beyond so much: refuse commands that need more (no limit)")
        ->transform(size_text());
    sub->add_option("--clients", o.clients_max, "Most clients at a time (10000)")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
    sub->add_option(
           "--run", o.run,
           "Of servers on several hosts: which life of the cluster this is; a higher number when all "
           "are started anew")
        ->check(count());
}

void add_plot(CLI::App& app, PlotOptions& o) {
    CLI::App* sub = app.add_subcommand("plot", "Draws the latencies and the throughput of runs");
    sub->footer(kPlotExamples);
    sub->add_option("dir", o.directories, "Where a run has written (logs); several are drawn in one plot");
    sub->add_option("--out", o.out, "Where the pictures go (the first directory)");
}

void add_trace(CLI::App& app, TraceOptions& o) {
    CLI::App* sub = app.add_subcommand("trace", "Tells what happened in a traced run, or draws it");
    sub->footer(kTraceExamples);
    sub->add_option("file", o.file, "What a run or the simulator has written (logs/run.trace)");
    auto* json = sub->add_flag("--json", o.json, "As JSON lines, each field of each event");
    sub->add_flag("--chatter", o.chatter, "Messages that say nothing new, and each arrival, too");
    auto* diagram =
        sub->add_option("--diagram", o.diagram, "Draw it instead, as .svg or .html")->excludes(json);
    sub->add_option("--from", o.from_seconds,
                    "The diagram begins so many seconds after the trace (where something happens)")
        ->transform(seconds_text())
        ->needs(diagram);
}

void add_run_load(CLI::App& sub, RunOptions& o) {
    auto* num = sub.add_option("-n,--num", o.values, "Values of each client (5)")->check(count());
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
                   "Most values in an instance (as many as fit); 1: no batching");
}

void add_run_cluster(CLI::App& sub, RunOptions& o, std::vector<std::string>& kills) {
    sub.add_option("-c,--clients", o.clients, "Clients (2)")->check(CLI::Range(1, 1000));
    sub.add_option("-p,--proposers", o.proposers, "Proposers (2)")->check(CLI::Range(1, 1000));
    sub.add_option("-a,--acceptors", o.acceptors, "Acceptors (3)")->check(CLI::Range(1, 15));
    sub.add_option("-l,--learners", o.learners, "Learners (2)")->check(CLI::Range(0, 1000));
    sub.add_option("--down", o.down, "Acceptors that are never started");
    sub.add_option("--kill", kills,
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
    sub.add_option("--seed", o.faults.seed, "The same seed, the same faults")->check(count());
    sub.add_flag_callback(
        "--no-direct-2b", [&o] { o.policy.direct_2b = false; },
        "Acceptors answer the proposer, which tells the learners");
    sub.add_flag_callback(
        "--no-proactive-phase1", [&o] { o.policy.proactive_phase1 = false; },
        "Each instance has a phase 1 of its own");
}

void add_run(CLI::App& app, RunOptions& o, std::vector<std::string>& kills) {
    CLI::App* sub =
        app.add_subcommand("run", "Runs a whole cluster of processes, feeds it, checks what comes out");
    sub->footer(kRunExamples);
    add_run_load(*sub, o);
    add_run_cluster(*sub, o, kills);
    add_run_faults(*sub, o);
    sub->add_option("--timeout", o.timeout_seconds,
                    "The run ends after so many seconds without progress (30)")
        ->transform(seconds_text());
    sub->add_option("--diagram", o.diagram, "Draw what the processes say to each other, as .svg or .html");
    sub->add_flag("--chatter", o.chatter, "Draw messages that say nothing new, too");
    sub->add_flag("--json", o.json, "Print one JSON object instead of a table");
    sub->add_option("--logs", o.logs, "Where files go (logs)");
    sub->add_flag("-d,--debug", o.debug, "Processes say what they do in their logs");
    sub->final_callback([sub, &o, &kills] {
        o.logs_given = sub->count("--logs") > 0;
        for (const std::string& text : kills)
            o.kills.push_back(parse_kill(text));
    });
}

void add_sim(CLI::App& app, SimOptions& o) {
    CLI::App* sub =
        app.add_subcommand("sim", "Simulates clusters under faults, thousands of times faster than life");
    sub->footer(kSimExamples);
    sub->add_option("--seed", o.seed, "The first seed (one that nobody has tried)")->check(count());
    sub->add_option("--seeds", o.seeds, "How many seeds, from the first one on (1 with --seed, else 100)")
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000'000}));
    sub->add_option("--minutes", o.minutes, "As many seeds as so many minutes take")
        ->check(number(0.001, 1e6));
    sub->add_option("-j,--jobs", o.jobs, "Threads (one for each core); the results do not depend on it")
        ->check(CLI::Range(1, 1024));
    auto* scenario = sub->add_option("--scenario", o.scenario, "Act out a scenario instead: a file");
    scenario->excludes("--seed")->excludes("--seeds")->excludes("--minutes");
    sub->add_option("--diagram", o.diagram, "Draw what happens in it, or in one seed, as .svg or .html");
    sub->add_flag("--chatter", o.chatter, "Draw messages that say nothing new, too");
    sub->add_option("--trace", o.trace,
                    "Print what happens in it, or in one seed: text, all (the small talk too) or json")
        ->expected(0, 1)
        ->default_str("text")
        ->check(CLI::IsMember({"text", "all", "json"}));
    sub->add_option("--least", o.least, "Fails when an entry of the coverage is below this (0)");
    sub->add_flag("--coverage", o.coverage,
                  "How often each fault met each message, and each branch was taken");
    sub->add_flag("--json", o.json, "One JSON object, with the hash of each history");
}

// CLI11 would only say that a command is missing.
bool is_unknown_command(const CLI::App& app, int argc, char** argv) {
    if (argc < 2 || argv[1][0] == '-') return false;
    const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
    return std::none_of(commands.begin(), commands.end(),
                        [&](const CLI::App* command) { return command->get_name() == argv[1]; });
}

int say(const CLI::App& app, const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
        std::cout << (dynamic_cast<const CLI::CallForVersion*>(&error) != nullptr
                          ? error.what() + std::string("\n")
                          : app.help());
        return 0;
    }
    std::string command = "synod";
    for (const CLI::App* sub : app.get_subcommands())
        command += " " + sub->get_name();
    std::cerr << command << ": " << error.what() << "\nTry '" << command << " --help'.\n";
    return 2;
}

}  // namespace

Command parse_command_line(int argc, char** argv) {
    CLI::App app(kSummary, "synod");
    app.footer(kExamples);
    app.set_version_flag("--version", "synod " SYNOD_VERSION);
    app.require_subcommand(1);
    RoleOptions role;
    CheckOptions check;
    DoctorOptions doctor;
    PlotOptions plot;
    StatusOptions status;
    TraceOptions trace;
    RunOptions run;
    KvOptions kv;
    ServerCommandOptions server;
    SimOptions sim;
    std::vector<std::string> kills;
    for (int i = 0; i < kRoles; ++i)
        add_role(app, static_cast<Role>(i), role);
    add_check(app, check);
    add_doctor(app, doctor);
    add_plot(app, plot);
    add_status(app, status);
    add_trace(app, trace);
    add_run(app, run, kills);
    add_kv(app, kv);
    add_server(app, server);
    add_sim(app, sim);
    if (is_unknown_command(app, argc, argv)) {
        std::cerr << "synod: " << shown(argv[1]) << " is no command\nTry 'synod --help'.\n";
        return Quit{2};
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return Quit{say(app, error)};
    }
    if (app.got_subcommand("run")) return run;
    if (app.got_subcommand("kv")) return kv;
    if (app.got_subcommand("server")) return server;
    if (app.got_subcommand("sim")) return sim;
    if (app.got_subcommand("check")) return check;
    if (app.got_subcommand("doctor")) return doctor;
    if (app.got_subcommand("plot")) return plot;
    if (app.got_subcommand("status")) return status;
    if (app.got_subcommand("trace")) return trace;
    return role;
}

}  // namespace synod::cli

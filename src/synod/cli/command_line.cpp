#include "synod/cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "synod/cli/arguments.hpp"
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
    for (int i = 0; i < kRoles; ++i)
        add_role(app, static_cast<Role>(i), role);
    add_check(app, check);
    add_doctor(app, doctor);
    add_plot(app, plot);
    add_status(app, status);
    add_trace(app, trace);
    add_run(app, run);
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

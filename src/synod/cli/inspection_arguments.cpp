#include "synod/cli/argument_types.hpp"
#include "synod/cli/arguments.hpp"

namespace synod::cli {
namespace {

constexpr const char* kCheckExamples =
    "Examples:\n"
    "  synod check                          the files that the last 'synod run' left in logs/\n"
    "  synod check --submitted c1.txt c2.txt --learned l1.txt l2.txt\n"
    "  synod check --executed executed-1.log executed-2.log executed-3.log\n"
    "Logs of servers may lack operations only where they say that a snapshot stood for them.\n"
    "Exit status: 0 ok, 3 incomplete (or nothing to compare), 1 violated, 2 wrong usage or an unreadable "
    "file.";

constexpr const char* kDoctorExamples =
    "Examples:\n"
    "  synod doctor                         looks at this host with ./paxos.conf\n"
    "  synod doctor other.conf --json\n"
    "  synod doctor paxos.config.json       ... with the servers of a store (a name that ends in .json)\n"
    "It changes nothing; processes of the cluster may run meanwhile.\n"
    "Exit status: 0 no problem (warnings perhaps), 1 a problem, 2 wrong usage.";

constexpr const char* kStatusExamples =
    "Examples:\n"
    "  synod status                         asks the processes of ./paxos.conf how they are\n"
    "  synod status other.conf --json | jq .leader\n"
    "  synod status paxos.config.json       asks the servers of a store (a name that ends in .json)\n"
    "  synod status --watch                 again every second, until Ctrl-C\n"
    "Exit status, of a watch that of its last look: 0 healthy, 3 degraded (an acceptor is missing or "
    "observes,\n"
    "a process is silent, nobody leads), 4 no majority of the acceptors votes, 1 an error, 2 wrong usage.";

constexpr const char* kPlotExamples =
    "Draws plot_cdf, plot_cartesian (latency over time) and plot_throughput, each as .pdf and .png, with "
    "gnuplot\n"
    "and the scripts in scripts/plotting. Kills and changes of the leader are marked on the axis of time.\n"
    "Examples:\n"
    "  synod plot                           the last run, into logs/\n"
    "  synod run --duration 3 --logs on; synod run --duration 3 -b 1 --logs off\n"
    "  synod plot on off                    batching on and off, in one plot\n"
    "Exit status: 0 drawn, 1 gnuplot failed, 2 wrong usage, or nothing to plot.";

constexpr const char* kTraceExamples =
    "Examples:\n"
    "  synod run -n 300 --kill leader@0.2s --rate 500 --diagram run.svg\n"
    "  synod trace                          tells it: logs/run.trace, an event a line\n"
    "  synod trace --json | jq -c 'select(.event == \"leads\")'\n"
    "  synod trace --diagram later.svg --from 0.4\n"
    "                                       another part of it as a picture\n"
    "  synod trace logs/acceptor-1.trace    what one process has seen\n"
    "Exit status: 0 told, 2 wrong usage, or no trace.";

}  // namespace

void add_check(CLI::App& app, CheckOptions& o) {
    CLI::App* sub = app.add_subcommand("check", "Checks what learners wrote against what clients submitted");
    sub->footer(kCheckExamples);
    sub->add_option("dir", o.directory, "The files of a run (logs)");
    sub->add_option("--submitted", o.submitted, "What clients submitted, a file each");
    sub->add_option("--learned", o.learned, "What learners printed, a file each");
    sub->add_option("--executed", o.executed, "What servers executed (synod server --log), a file each");
    sub->add_flag("--json", o.json, "One JSON object");
}

void add_doctor(CLI::App& app, DoctorOptions& o) {
    CLI::App* sub =
        app.add_subcommand("doctor", "Finds what is in the way on this host, and says what to do");
    sub->footer(kDoctorExamples);
    sub->add_option("conf", o.configuration,
                    "The configuration (paxos.conf), or that of servers (FILE.json)");
    sub->add_flag("--json", o.json, "One JSON object");
}

void add_status(CLI::App& app, StatusOptions& o) {
    CLI::App* sub =
        app.add_subcommand("status", "Asks a cluster how it is: who leads, who lags, who is missing");
    sub->footer(kStatusExamples);
    sub->add_option("conf", o.configuration,
                    "The configuration (paxos.conf), or that of servers (FILE.json)");
    sub->add_flag("--json", o.json, "One JSON object");
    sub->add_flag("--watch", o.watch, "Again and again, until told to end");
    sub->add_option("--interval", o.interval, "Seconds between two looks of a watch (1)")
        ->transform(seconds_text());
    sub->add_option("--run", o.run, "Of servers that were started with --run: the same number")
        ->transform(count(1));
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

}  // namespace synod::cli

#include <memory>
#include <string>

#include "synod/cli/argument_types.hpp"
#include "synod/cli/arguments.hpp"

namespace synod::cli {
namespace {

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
    "Options come first, then the configuration, then the operation.\n"
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

// CLI11 does not know of the words that follow the options.
class KvFormatter : public CLI::Formatter {
public:
    [[nodiscard]] std::string make_usage(const CLI::App*, std::string name) const override {
        return "Usage: " + name + " [OPTIONS] [CONFIGURATION.json] [OPERATION...]\n";
    }
};

}  // namespace

void add_server(CLI::App& app, ServerCommandOptions& o) {
    CLI::App* sub =
        app.add_subcommand("server", "Serves Redis clients from a store that all servers replicate");
    sub->footer(kServerExamples);
    sub->add_option("config", o.configuration, "The servers (paxos.config.json)");
    sub->add_option("--sid", o.sid, "Which of them this one is");
    sub->add_option("--log", o.log,
                    "Write the operations that it executes to this file (written anew), for synod check");
    add_leader(*sub, o.leader);
    sub->add_option("--history", o.history_bytes,
                    "How much is kept for servers that come late (256MiB), at least 1MiB;\n"
                    "four times as much while most of them wait for a snapshot")
        ->transform(size_text());
    sub->add_option("--maxmemory", o.memory_bytes_max,
                    "Keys and values beyond so much: refuse commands that need more (no limit)")
        ->transform(size_text());
    sub->add_option("--clients", o.clients_max, "Most clients at a time (10000)")
        ->transform(count(1, 1'000'000));
    sub->add_option(
           "--run", o.run,
           "Of servers on several hosts: which life of the cluster this is; a higher number when all "
           "are started anew (those of one host agree on it by themselves)")
        ->transform(count(1));
}

void add_kv(CLI::App& app, KvOptions& o) {
    CLI::App* sub =
        app.add_subcommand("kv", "Reads and writes the store of the servers, by hand or from a file");
    sub->footer(kKvExamples);
    sub->formatter(std::make_shared<KvFormatter>());
    sub->prefix_command();  // words of an operation may begin with a dash
    sub->add_option("--file", o.file, "Operations, a line each; - for standard input");
    sub->add_flag("--json", o.json,
                  "A JSON object a line for each operation; bytes that are not UTF-8 become U+FFFD in it");
    add_duration(*sub, "--timeout", o.timeout, "How long to try each operation (10s)");
    sub->final_callback([sub, &o] { o.words = sub->remaining(); });
}

}  // namespace synod::cli

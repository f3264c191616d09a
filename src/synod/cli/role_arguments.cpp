#include <cstdint>
#include <limits>
#include <map>

#include "synod/cli/argument_types.hpp"
#include "synod/cli/arguments.hpp"

namespace synod::cli {
namespace {

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

}  // namespace

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
    sub->add_option("--seed", o.seed, "The same seed, the same faults")->transform(count());
    sub->add_flag("--no-direct-2b", o.no_direct_2b,
                  "Acceptors answer the proposer, which tells the learners");
    sub->add_flag("--no-proactive-phase1", o.no_proactive_phase1, "Each instance has a phase 1 of its own");
    sub->add_option("-b,--batch", o.batch, "Most values in an instance; 1: no batching")
        ->transform(count(0, std::numeric_limits<std::uint32_t>::max()));
    if (role == Role::proposer)
        sub->add_option("--leader", o.leader, "Who leads: none, lowest-id, bully or ble (ble)")
            ->check(oracle());
    sub->add_option("--interface", o.interface, "The network interface of the groups (lo)");
    sub->add_option("--acceptors", o.acceptors, "How many acceptors there are (3)")->transform(count(1, 15));
    sub->add_option("--history", o.history_bytes,
                    "How much an acceptor keeps for those who come late (256MiB)")
        ->transform(size_text());
    sub->add_flag("-d,--debug", o.debug, "Say on standard error what happens");

    sub->add_option("--report-fd", o.report_fd)->group("");
    sub->add_option("--stamps-fd", o.stamps_fd)->group("");
    sub->add_option("--trace-file", o.trace_file)->group("");
    sub->add_option("--generate", o.generate)->transform(count())->group("");
    sub->add_option("--size", o.value_bytes)->transform(size_text())->group("");
    sub->add_option("--seconds", o.seconds)->transform(seconds_text())->group("");
    sub->add_option("--latency-from", o.latency_from_seconds)->transform(seconds_text())->group("");
    sub->add_option("--rate", o.values_per_second)->check(rate())->group("");
    sub->add_flag("--verify", o.verify)->group("");
}

}  // namespace synod::cli

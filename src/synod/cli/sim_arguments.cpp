#include "synod/cli/argument_types.hpp"
#include "synod/cli/arguments.hpp"

namespace synod::cli {
namespace {

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

}  // namespace

void add_sim(CLI::App& app, SimOptions& o) {
    CLI::App* sub =
        app.add_subcommand("sim", "Simulates clusters under faults, thousands of times faster than life");
    sub->footer(kSimExamples);
    sub->add_option("--seed", o.seed, "The first seed (one that nobody has tried)")->transform(count());
    sub->add_option("--seeds", o.seeds, "How many seeds, from the first one on (1 with --seed, else 100)")
        ->transform(count(1, 1'000'000'000'000));
    sub->add_option("--minutes", o.minutes, "As many seeds as so many minutes take")
        ->check(number(0.001, 1e6));
    sub->add_option("-j,--jobs", o.jobs, "Threads (one for each core); the results do not depend on it")
        ->transform(count(1, 1024));
    auto* scenario = sub->add_option("--scenario", o.scenario, "Act out a scenario instead: a file");
    scenario->excludes("--seed")->excludes("--seeds")->excludes("--minutes");
    sub->add_option("--diagram", o.diagram, "Draw what happens in it, or in one seed, as .svg or .html");
    sub->add_flag("--chatter", o.chatter, "Draw messages that say nothing new, too");
    sub->add_option("--trace", o.trace,
                    "Print what happens in it, or in one seed: text, all (the small talk too) or json")
        ->expected(0, 1)
        ->default_str("text")
        ->check(CLI::IsMember({"text", "all", "json"}));
    sub->add_option("--least", o.least, "Fails when an entry of the coverage is below this (0)")
        ->transform(count());
    sub->add_flag("--coverage", o.coverage,
                  "How often each fault met each message, and each branch was taken");
    sub->add_flag("--json", o.json, "One JSON object, with the hash of each history");
}

}  // namespace synod::cli

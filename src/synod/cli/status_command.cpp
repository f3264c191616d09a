#include "synod/cli/status_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "synod/cli/inspected_cluster.hpp"
#include "synod/cli/status.hpp"
#include "synod/cli/table.hpp"
#include "synod/cli/text.hpp"
#include "synod/node/clock.hpp"

namespace synod::cli {

namespace {

constexpr int kDegraded = 3;
constexpr int kNoMajority = 4;

int exit_status(ClusterHealth health) {
    if (health == ClusterHealth::healthy) return 0;
    return health == ClusterHealth::degraded ? kDegraded : kNoMajority;
}

std::uint64_t run_of(const InspectedCluster& cluster) {
    if (cluster.run) return *cluster.run;
    const node::Survey found = node::survey({}, cluster.name);
    if (found.run == 0)
        throw std::runtime_error(fmt::format(
            "{} names no run: no process of this cluster has been started on this host, except with a fixed "
            "run. Start one, set SYNOD_RUN_DIR as its processes have it, or give {}",
            found.path,
            cluster.servers.empty() ? "the configuration a `run N`" : "--run N, as the servers have it"));
    return found.run;
}

ClusterStatus look(const InspectedCluster& cluster, node::Poller& poller) {
    node::Prober prober(
        {cluster.name, run_of(cluster), cluster.acceptors, cluster.interface, cluster.inquire_at});
    const node::Answers answers = prober.ask(poller);
    const auto living = node::survey({}, cluster.name).living;
    if (cluster.servers.empty()) return judge(answers, living, acceptors(cluster.acceptors));
    const std::vector<ServerId> sids = sids_of(cluster.servers);
    return judge(in_sids(answers, sids), in_sids(living, sids), servers(sids));
}

void print(const StatusOptions& given, const ClusterStatus& status) {
    const bool terminal = isatty(STDOUT_FILENO) == 1;
    if (given.watch && terminal && !given.json) fmt::print("\x1b[H\x1b[2J");
    fmt::print("{}", given.json ? json_text(json_of(status)) : text_of(status, terminal));
    std::fflush(stdout);
}

}  // namespace

int status_command(const StatusOptions& given) {
    InspectedCluster cluster = read_inspected_cluster(given.configuration);
    if (given.run) cluster.run = given.run;
    node::Poller poller(node::Poller::Signals::taken);
    int seen = kInterrupted;  // nothing yet
    for (;;) {
        const ClusterStatus status = look(cluster, poller);
        if (poller.told_to_stop()) return seen;
        print(given, status);
        seen = exit_status(status.health);
        const Time next = node::now() + Duration{static_cast<std::uint64_t>(given.interval * 1e9)};
        while (given.watch && node::now() < next && !poller.told_to_stop())
            poller.wait(node::now(), next);
        if (!given.watch || poller.told_to_stop()) return seen;
    }
}

}  // namespace synod::cli

#include "synod/cli/run_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "synod/cli/cluster.hpp"
#include "synod/cli/configuration.hpp"
#include "synod/cli/plot_data.hpp"
#include "synod/cli/progress_bar.hpp"
#include "synod/cli/run_diagram.hpp"
#include "synod/cli/run_report.hpp"
#include "synod/cli/table.hpp"
#include "synod/cli/text.hpp"
#include "synod/cli/trace_output.hpp"
#include "synod/core/delivery.hpp"
#include "synod/net/address.hpp"
#include "synod/net/error.hpp"
#include "synod/net/interface.hpp"

namespace synod::cli {
namespace {

unsigned count_of(const RunOptions& options, Role role) {
    switch (role) {
        case Role::client:
            return options.clients;
        case Role::proposer:
            return options.proposers;
        case Role::acceptor:
            return options.acceptors - options.down;
        default:
            return options.learners;
    }
}

void check_interface(const RunOptions& options) {
    try {
        static_cast<void>(net::resolve_interface(options.interface));
    } catch (const net::Error& error) {
        throw UsageError(fmt::format("--interface {}: {}", shown(options.interface), error.what()));
    }
}

// What only the options together tell.
void check_options(const RunOptions& options) {
    if (options.down > options.acceptors)
        throw UsageError(
            fmt::format("--down {}: there are only {} acceptors", options.down, options.acceptors));
    const auto ip = net::parse_ip(options.ip);
    if (!ip || !net::Address{*ip, 0}.is_multicast())
        throw UsageError(fmt::format("--ip {}: expected a multicast address, 224.0.0.0 to 239.255.255.255",
                                     shown(options.ip)));
    for (const Kill& kill : options.kills)
        if (kill.id > count_of(options, kill.role))
            throw UsageError(fmt::format("--kill {}:{}: this run starts {} {}s, with ids from 1 on",
                                         name_of(kill.role), kill.id, count_of(options, kill.role),
                                         name_of(kill.role)));
    if (options.value_bytes > kValueBytesMax)
        throw UsageError(
            fmt::format("--size {}: a value has at most {} MiB", options.value_bytes, kValueBytesMax >> 20));
    if (options.duration_seconds > 0 && options.latency_from_seconds >= options.duration_seconds)
        throw UsageError(fmt::format("--latency-from {} is not before the end of --duration {}",
                                     options.latency_from_seconds, options.duration_seconds));
    if (!options.diagram.empty()) check_diagram_name(options.diagram);
    check_interface(options);
    if (options.timeout_seconds <= 0) throw UsageError("--timeout 0: expected some seconds");
}

std::optional<CheckResult> check_files(const RunOptions& options, const LogDirectory& directory,
                                       const std::vector<MemberResult>& members) {
    if (!options.through_files()) return std::nullopt;
    CheckInput input;
    for (const MemberResult& member : members) {
        if (member.role == Role::client)
            input.submitted.push_back(
                {directory.file_of(Role::client, member.id, ".submitted"), member.killed});
        const std::string learned = directory.file_of(Role::learner, member.id, ".learned");
        if (member.role == Role::learner && access(learned.c_str(), R_OK) == 0)
            input.learned.push_back({learned, member.killed});
    }
    return check(input);
}

std::uint64_t values_of(const RunOptions& options) {
    return options.through_files() && !options.input && !options.without_majority()
               ? options.values * options.clients
               : 0;
}

// How far the run is, and how fast.
class RunProgressBar {
public:
    // `values`: how many will be delivered in all; 0: nobody knows, the run lasts `seconds`.
    RunProgressBar(std::uint64_t values, double seconds) : values_(values), seconds_(seconds) {}

    [[nodiscard]] bool visible() const noexcept { return bar_.visible(); }
    void show(const RunProgress& progress) {
        if (last_ && progress.seconds > last_->seconds) {
            const double now =
                static_cast<double>(progress.delivered - std::min(last_->delivered, progress.delivered)) /
                (progress.seconds - last_->seconds);
            rate_ = rate_ == 0 ? now : 0.7 * rate_ + 0.3 * now;
        }
        last_ = progress;
        bar_.show(share_of(progress), fmt::format("{} delivered  {}/s", grouped(progress.delivered),
                                                  grouped(static_cast<std::uint64_t>(rate_))));
    }

private:
    [[nodiscard]] double share_of(const RunProgress& progress) const {
        return values_ > 0 ? static_cast<double>(progress.delivered) / static_cast<double>(values_)
                           : progress.seconds / std::max(seconds_, 1e-9);
    }

    std::uint64_t values_;
    double seconds_;
    double rate_ = 0;  // values a second, smoothed
    std::optional<RunProgress> last_;
    ProgressBar bar_;
};

void run_to_end(const RunOptions& options, Cluster& cluster, LogDirectory& directory) {
    RunProgressBar progress(values_of(options), options.duration_seconds);
    if (progress.visible()) cluster.on_progress([&progress](const RunProgress& now) { progress.show(now); });
    cluster.run();
    directory.forget_cluster();
}

}  // namespace

int run_command(const RunOptions& options) {
    check_options(options);
    LogDirectory directory(options);
    directory.write_configuration(options);
    if (options.through_files()) directory.write_submissions(options);

    Cluster cluster(options, directory);
    run_to_end(options, cluster, directory);
    if (cluster.interrupted()) {
        fmt::print(stderr, "interrupted; every process was stopped\n");
        return kInterrupted;
    }

    auto members = cluster.results();
    const auto checked = check_files(options, directory, members);
    const RunResult result = judge(options, std::move(members), checked, cluster.faults(), cluster.course());
    directory.write("run.json", json_of(options, result));
    write_plot_data(result, options.faults, directory);
    if (!options.diagram.empty()) draw_run(options, result, directory);
    fmt::print("{}", options.json ? json_of(options, result)
                                  : table_of(options, result, isatty(STDOUT_FILENO) == 1));
    return exit_status_of(result.verdict);
}

}  // namespace synod::cli

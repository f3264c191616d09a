#pragma once

#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "synod/cli/event_loop.hpp"
#include "synod/cli/log_directory.hpp"
#include "synod/cli/process.hpp"
#include "synod/cli/run_options.hpp"
#include "synod/cli/run_result.hpp"
#include "synod/node/report.hpp"
#include "synod/node/stamps.hpp"

namespace synod::cli {

// How far a run is, for the progress bar.
struct RunProgress {
    std::uint64_t submitted = 0;
    std::uint64_t delivered = 0;  // by the learner that delivered least; without learners, decided
    double seconds = 0;           // since the first client started
};

// The processes of one run, from the first start to the last exit: starts them, kills whom it shall,
// and finds out by what they report when all is done. Waits only for events.
class Cluster {
public:
    Cluster(const RunOptions& options, const LogDirectory& directory);
    ~Cluster();

    // Returns when the run is over and every process has ended.
    void run();

    [[nodiscard]] bool interrupted() const noexcept { return interrupted_; }
    // What went wrong, in words: no progress, a process that died.
    [[nodiscard]] const std::vector<std::string>& faults() const noexcept { return faults_; }
    [[nodiscard]] RunCourse course() const { return {clients_started_ns_, events_}; }
    [[nodiscard]] std::vector<MemberResult> results() const;

    // `show` is called now and then while the run lasts.
    void on_progress(std::function<void(const RunProgress&)> show) { show_ = std::move(show); }

private:
    enum class Phase { starting, running, stopping };

    struct Member {
        MemberResult result;
        bool ready = false;
        std::optional<Process> process;  // from its start on
        std::optional<Ending> ending;
        OwnedFd reports;
        node::LineSplitter lines;

        // Starts only when all clients that are not late have ended.
        [[nodiscard]] bool late() const { return result.late; }
        [[nodiscard]] bool is(Role role) const { return result.role == role; }
        [[nodiscard]] bool started() const { return process.has_value(); }
        [[nodiscard]] bool alive() const { return started() && !ending; }
        [[nodiscard]] bool over() const { return result.killed || ending.has_value(); }
    };

    void add_members(Role role, unsigned count);
    void mark_late(Role role);

    // Starting.
    void start_next();
    void start_soon();
    [[nodiscard]] Member* next_to_start();
    [[nodiscard]] bool may_start(const Member& member) const;
    void start(Member& member);
    [[nodiscard]] Launch launch_of(const Member& member) const;
    void add_load_arguments(const Member& member, std::vector<std::string>& arguments) const;
    void first_client_started();
    [[nodiscard]] Member* victim_of(const Kill& kill);
    void kill_member(const Kill& kill);
    void note(const Member& member, std::string_view what, std::uint64_t at_ns);

    // What members do.
    void read_reports(Member& member);
    void take_report(Member& member, std::string_view line);
    void member_ended(Member& member);
    void member_happened(Member& member, const node::Happened& happened);
    void died(const Member& member);

    // Whether it is over.
    void consider();
    void progressed();
    void check_timeout();
    [[nodiscard]] bool rests() const;
    [[nodiscard]] bool clients_done() const;
    [[nodiscard]] bool early_clients_done() const;
    [[nodiscard]] bool everything_delivered() const;
    [[nodiscard]] bool learners_agree() const;
    [[nodiscard]] bool something_submitted() const;
    [[nodiscard]] bool a_client_was_killed() const;
    void end_when_quiet(double seconds);
    void stop();

    void watch_signals();
    void tick();
    [[nodiscard]] RunProgress progress() const;

    const RunOptions& options_;
    const LogDirectory& directory_;
    EventLoop loop_;
    std::optional<node::Stamps> stamps_;
    std::vector<std::unique_ptr<Member>> members_;  // in the order in which they start
    OwnedFd signals_;
    sigset_t old_signals_{};

    Phase phase_ = Phase::starting;
    bool clients_may_start_ = false;
    bool start_planned_ = false;
    bool quiet_planned_ = false;
    bool interrupted_ = false;
    std::uint64_t progressed_ns_ = 0;
    std::uint64_t clients_started_ns_ = 0;
    std::vector<std::string> faults_;
    std::vector<RunEvent> events_;
    Member* leader_ = nullptr;  // who said so last
    std::function<void(const RunProgress&)> show_;
};

}  // namespace synod::cli

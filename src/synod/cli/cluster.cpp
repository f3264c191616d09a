#include "synod/cli/cluster.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include "synod/cli/configuration.hpp"
#include "synod/cli/text.hpp"

namespace synod::cli {
namespace {

constexpr double kReadySeconds = 2;        // clients start when the others are ready, or then
constexpr double kNothingSeconds = 2;      // without a majority: so long must nothing be delivered
constexpr double kQuietSeconds = 0.3;      // what a killed client left behind is delivered by then
constexpr double kRepeatSeconds = 0.05;    // all is delivered: a value that came again would by then
constexpr double kExitSeconds = 5;         // from SIGTERM to SIGKILL
constexpr double kHurriedExitSeconds = 1;  // ... when somebody waits for it at a terminal
constexpr double kTickSeconds = 0.1;       // of the progress bar
constexpr std::size_t kShownLogBytes = 1000;

// The last lines of a log.
std::string tail_of(const std::string& path) {
    const OwnedFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return {};
    const off_t size = lseek(fd.get(), 0, SEEK_END);
    std::array<char, kShownLogBytes> text{};
    const ssize_t got =
        pread(fd.get(), text.data(), text.size(), std::max<off_t>(0, size - ssize_t{kShownLogBytes}));
    std::string tail(text.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    tail.erase(tail.find_last_not_of('\n') + 1);
    return tail;
}

}  // namespace

Cluster::Cluster(const RunOptions& options, const LogDirectory& directory)
    : options_(options), directory_(directory), stamps_(node::Stamps::create(options.clients + 1)) {
    add_members(Role::acceptor, options.acceptors - options.down);
    add_members(Role::learner, options.learners);
    add_members(Role::proposer, options.proposers);
    add_members(Role::client, options.clients);
    if (options.catchup) {
        mark_late(Role::learner);
        if (options.clients > 1) mark_late(Role::client);
    }
    watch_signals();
}

// Members still alive are killed by their processes' destructors.
Cluster::~Cluster() = default;

void Cluster::add_members(Role role, unsigned count) {
    for (unsigned id = 1; id <= count; ++id) {
        members_.push_back(std::make_unique<Member>());
        members_.back()->result.role = role;
        members_.back()->result.id = id;
    }
}

// The last one of a role.
void Cluster::mark_late(Role role) {
    const auto last = std::find_if(members_.rbegin(), members_.rend(),
                                   [&](const auto& member) { return member->is(role); });
    if (last != members_.rend()) (*last)->result.late = true;
}

void Cluster::watch_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, &old_signals_);
    signals_ = OwnedFd(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    loop_.watch(signals_.get(), [this] {
        signalfd_siginfo info;
        while (read(signals_.get(), &info, sizeof info) > 0)
            interrupted_ = true;
        stop();
    });
}

void Cluster::run() {
    progressed();
    loop_.after(kReadySeconds, [this] {
        clients_may_start_ = true;
        start_soon();
    });
    check_timeout();
    tick();
    start_next();
    while (phase_ != Phase::stopping ||
           std::any_of(members_.begin(), members_.end(), [](const auto& m) { return m->alive(); }))
        loop_.turn();
    // What is left to do leaves no process behind when it is interrupted.
    sigprocmask(SIG_SETMASK, &old_signals_, nullptr);
}

// ---- starting

Cluster::Member* Cluster::next_to_start() {
    for (const auto& member : members_)
        if (!member->started() && !member->result.killed && may_start(*member)) return member.get();
    return nullptr;
}

bool Cluster::may_start(const Member& member) const {
    if (member.late()) return early_clients_done();
    return !member.is(Role::client) || clients_may_start_ ||
           std::all_of(members_.begin(), members_.end(), [](const auto& m) {
               return m->is(Role::client) || m->late() || m->over() || m->ready;
           });
}

void Cluster::start_next() {
    start_planned_ = false;
    while (phase_ != Phase::stopping && !start_planned_) {
        Member* next = next_to_start();
        if (next == nullptr) return;
        start(*next);
        if (options_.pause_seconds > 0) start_soon();
    }
}

// After the pause between two starts.
void Cluster::start_soon() {
    if (start_planned_) return;
    start_planned_ = true;
    loop_.after(options_.pause_seconds, [this] { start_next(); });
}

void Cluster::start(Member& member) {
    std::array<int, 2> pipe_ends{};
    if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0)
        throw std::system_error(errno, std::generic_category(), "pipe2");
    member.reports = OwnedFd(pipe_ends[0]);
    const OwnedFd written(pipe_ends[1]);
    fcntl(member.reports.get(), F_SETFL, O_NONBLOCK);

    Launch launch = launch_of(member);
    launch.arguments.insert(launch.arguments.end(), {"--report-fd", std::to_string(written.get())});
    launch.kept.push_back(written.get());
    const auto file = [&](std::string_view suffix) {
        return directory_.file_of(member.result.role, member.result.id, suffix);
    };
    const bool files = options_.through_files();
    const OwnedFd log = open_to_write(file(".log"));
    const OwnedFd in = open_to_read(member.is(Role::client) && files ? file(".submitted") : "/dev/null");
    const OwnedFd out =
        member.is(Role::learner) && files ? open_to_write(file(".learned")) : OwnedFd(dup(log.get()));
    launch.in = in.get();
    launch.out = out.get();
    launch.err = log.get();

    member.process.emplace(launch);
    loop_.watch(member.reports.get(), [this, &member] { read_reports(member); });
    loop_.watch(member.process->pidfd(), [this, &member] { member_ended(member); });
    progressed();
    if (member.late()) note(member, "starts", now_ns());
    if (member.is(Role::client) && clients_started_ns_ == 0) first_client_started();
}

Launch Cluster::launch_of(const Member& member) const {
    Launch launch;
    launch.arguments = {std::string(name_of(member.result.role)), std::to_string(member.result.id),
                        directory_.file("paxos.conf")};
    if (options_.debug) launch.arguments.emplace_back("--debug");
    if (!options_.diagram.empty())
        launch.arguments.insert(
            launch.arguments.end(),
            {"--trace-file", directory_.file_of(member.result.role, member.result.id, ".trace")});
    if (stamps_ && (member.is(Role::client) || member.is(Role::learner))) {
        launch.arguments.insert(launch.arguments.end(), {"--stamps-fd", std::to_string(stamps_->fd())});
        launch.kept.push_back(stamps_->fd());
    }
    add_load_arguments(member, launch.arguments);
    return launch;
}

void Cluster::add_load_arguments(const Member& member, std::vector<std::string>& arguments) const {
    if (member.is(Role::client) && options_.values_per_second > 0)
        arguments.insert(arguments.end(), {"--rate", fmt::format("{}", options_.values_per_second)});
    if (options_.through_files()) return;
    if (member.is(Role::client))
        arguments.insert(arguments.end(),
                         {"--generate", "0", "--size", std::to_string(options_.value_bytes), "--seconds",
                          fmt::format("{}", options_.duration_seconds), "--latency-from",
                          fmt::format("{}", options_.latency_from_seconds)});
    if (member.is(Role::learner)) arguments.emplace_back("--verify");
}

void Cluster::first_client_started() {
    clients_started_ns_ = now_ns();
    phase_ = Phase::running;
    for (const Kill& kill : options_.kills)
        loop_.after(kill.at_seconds, [this, &kill] { kill_member(kill); });
}

Cluster::Member* Cluster::victim_of(const Kill& kill) {
    if (kill.id == 0) return leader_;
    const auto found = std::find_if(members_.begin(), members_.end(), [&](const auto& member) {
        return member->is(kill.role) && member->result.id == kill.id;
    });
    return found == members_.end() ? nullptr : found->get();
}

void Cluster::kill_member(const Kill& kill) {
    Member* victim = victim_of(kill);
    if (victim == nullptr || victim->over() || phase_ == Phase::stopping) return;
    victim->result.killed = true;
    victim->result.killed_at_seconds = kill.at_seconds;
    victim->result.killed_at_ns = now_ns();
    if (victim->started()) victim->process->signal(SIGKILL);
    note(*victim, "killed", now_ns());
}

void Cluster::note(const Member& member, std::string_view what, std::uint64_t at_ns) {
    events_.push_back({at_ns, fmt::format("{} {} {}", name_of(member.result.role), member.result.id, what)});
}

// ---- what members do

void Cluster::read_reports(Member& member) {
    std::array<char, 65536> bytes;
    for (;;) {
        const ssize_t got = read(member.reports.get(), bytes.data(), bytes.size());
        if (got > 0) {
            member.lines.feed({bytes.data(), static_cast<std::size_t>(got)},
                              [&](std::string_view line) { take_report(member, line); });
            continue;
        }
        if (got < 0 && errno == EINTR) continue;
        if (got == 0) {
            loop_.forget(member.reports.get());
            member.reports = OwnedFd();
        }
        return consider();
    }
}

void Cluster::take_report(Member& member, std::string_view line) {
    auto report = node::parse_report(line);
    if (!report) return member.result.violations.push_back("sent a report that is none: " + shown(line));
    if (std::holds_alternative<node::Ready>(*report)) {
        member.ready = true;
        start_soon();
    } else if (auto* progress = std::get_if<node::Progress>(&*report)) {
        member.result.progress = *progress;
        progressed();
    } else if (const auto* happened = std::get_if<node::Happened>(&*report)) {
        member_happened(member, *happened);
    } else if (auto* violation = std::get_if<node::Violation>(&*report)) {
        member.result.violations.push_back(violation->text);
    } else if (auto* final = std::get_if<node::FinalReport>(&*report)) {
        member.result.progress = final->progress;
        member.result.final = std::move(*final);
        progressed();
    }
}

// Whoever leads again has led all along, as far as anybody could see.
void Cluster::member_happened(Member& member, const node::Happened& happened) {
    if (std::exchange(leader_, &member) != &member) note(member, happened.what, happened.at_ns);
}

void Cluster::member_ended(Member& member) {
    member.ending = member.process->reap();
    if (!member.ending) return;
    loop_.forget(member.process->pidfd());
    if (member.reports) read_reports(member);  // what it said last
    const bool done = member.is(Role::client) && member.ending->well();
    if (!done && !member.result.killed && phase_ != Phase::stopping) died(member);
    progressed();
    start_soon();
    consider();
}

void Cluster::died(const Member& member) {
    const std::string log = directory_.file_of(member.result.role, member.result.id, ".log");
    const std::string tail = tail_of(log);
    faults_.push_back(fmt::format("{} {} ended by itself: {}; see {}{}{}", name_of(member.result.role),
                                  member.result.id, member.ending->text(), log, tail.empty() ? "" : ":\n",
                                  tail));
    stop();
}

// ---- whether it is over

void Cluster::progressed() {
    progressed_ns_ = now_ns();
}

// Nothing is due to move: the next process starts later, or clients with a --rate have nothing to send yet.
bool Cluster::rests() const {
    return start_planned_ ||
           (options_.values_per_second > 0 && something_submitted() && everything_delivered());
}

void Cluster::check_timeout() {
    if (phase_ == Phase::stopping) return;
    if (rests()) progressed();
    const double idle_seconds = static_cast<double>(now_ns() - progressed_ns_) / 1e9;
    if (idle_seconds < options_.timeout_seconds)
        return loop_.after(options_.timeout_seconds - idle_seconds, [this] { check_timeout(); });
    if (!options_.without_majority())
        faults_.push_back(fmt::format("no progress for {} seconds", options_.timeout_seconds));
    stop();
}

bool Cluster::clients_done() const {
    return std::all_of(members_.begin(), members_.end(), [](const auto& m) {
        return !m->is(Role::client) || (m->over() && !(m->result.killed && m->alive()));
    });
}

bool Cluster::early_clients_done() const {
    return clients_started_ns_ != 0 && std::all_of(members_.begin(), members_.end(), [](const auto& m) {
               return !m->is(Role::client) || m->late() || m->over();
           });
}

bool Cluster::a_client_was_killed() const {
    return std::any_of(members_.begin(), members_.end(),
                       [](const auto& m) { return m->is(Role::client) && m->result.killed; });
}

bool Cluster::something_submitted() const {
    return std::any_of(members_.begin(), members_.end(), [](const auto& m) {
        return m->is(Role::client) && (m->result.progress.submitted > 0 || m->over());
    });
}

// At every learner that lives: all that the clients submitted; of a killed client, all it knew decided.
bool Cluster::everything_delivered() const {
    std::uint64_t needed = 0;
    for (const auto& m : members_)
        if (m->is(Role::client))
            needed += m->result.killed ? m->result.progress.decided : m->result.progress.submitted;
    return std::all_of(members_.begin(), members_.end(), [&](const auto& m) {
        return !m->is(Role::learner) || m->result.killed || m->result.progress.delivered >= needed;
    });
}

bool Cluster::learners_agree() const {
    std::optional<std::uint64_t> delivered;
    return std::all_of(members_.begin(), members_.end(), [&](const auto& m) {
        if (!m->is(Role::learner) || m->result.killed) return true;
        if (!delivered) delivered = m->result.progress.delivered;
        return *delivered == m->result.progress.delivered;
    });
}

void Cluster::consider() {
    if (phase_ != Phase::running || quiet_planned_) return;
    if (options_.without_majority()) {
        if (something_submitted()) end_when_quiet(std::min(kNothingSeconds, options_.timeout_seconds));
    } else if (clients_done() && everything_delivered()) {
        end_when_quiet(a_client_was_killed() ? kQuietSeconds : kRepeatSeconds);
    }
}

// Ends the run when nothing has moved for so long and the learners are equally far.
void Cluster::end_when_quiet(double seconds) {
    quiet_planned_ = true;
    const std::uint64_t seen_ns = progressed_ns_;
    loop_.after(seconds, [this, seconds, seen_ns] {
        quiet_planned_ = false;
        if (phase_ == Phase::stopping) return;
        if (options_.without_majority() || (progressed_ns_ == seen_ns && learners_agree()))
            stop();
        else
            end_when_quiet(seconds);
    });
}

void Cluster::stop() {
    if (phase_ == Phase::stopping) return;
    phase_ = Phase::stopping;
    for (const auto& member : members_)
        if (member->alive()) member->process->signal(SIGTERM);
    loop_.after(interrupted_ ? kHurriedExitSeconds : kExitSeconds, [this] {
        for (const auto& member : members_)
            if (member->alive()) {
                faults_.push_back(fmt::format("{} {} did not end when asked to, and was killed",
                                              name_of(member->result.role), member->result.id));
                member->process->signal(SIGKILL);
            }
    });
}

// ---- what came of it

void Cluster::tick() {
    if (show_) show_(progress());
    if (phase_ != Phase::stopping && show_) loop_.after(kTickSeconds, [this] { tick(); });
}

RunProgress Cluster::progress() const {
    RunProgress now;
    std::uint64_t decided = 0;
    std::optional<std::uint64_t> least;
    for (const auto& m : members_) {
        now.submitted += m->is(Role::client) ? m->result.progress.submitted : 0;
        decided += m->result.progress.decided;
        if (m->is(Role::learner) && m->started() && !m->result.killed)
            least = std::min(least.value_or(~std::uint64_t{0}), m->result.progress.delivered);
    }
    now.delivered = least.value_or(decided);
    if (clients_started_ns_ != 0) now.seconds = static_cast<double>(now_ns() - clients_started_ns_) / 1e9;
    return now;
}

std::vector<MemberResult> Cluster::results() const {
    std::vector<MemberResult> results;
    for (const auto& member : members_)
        results.push_back(member->result);
    return results;
}

}  // namespace synod::cli

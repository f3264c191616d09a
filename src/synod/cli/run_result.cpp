#include "synod/cli/run_result.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "synod/cli/configuration.hpp"

namespace synod::cli {
namespace {

using node::FinalReport;

// The best that is known: the final report, or, of a process that was killed, its last progress.
const node::Progress& progress_of(const MemberResult& member) {
    return member.final ? member.final->progress : member.progress;
}

class Judge {
public:
    Judge(const RunOptions& options, std::vector<MemberResult> members) : options_(options) {
        result_.members = std::move(members);
        for (const MemberResult& member : result_.members) {
            if (member.role == Role::client) clients_.push_back(&member);
            if (member.role == Role::learner && !member.killed) learners_.push_back(&member);
        }
    }

    RunResult run(const std::optional<CheckResult>& checked, const std::vector<std::string>& faults) {
        for (const std::string& fault : faults)
            result_.add(Verdict::incomplete, fault);
        for (const MemberResult& member : result_.members)
            for (const std::string& text : member.violations)
                result_.add(Verdict::violated,
                            fmt::format("{} {}: {}", name_of(member.role), member.id, text));
        if (learners_.empty())
            count_at_clients();
        else if (checked)
            take_over(*checked);
        else
            compare_reports();
        if (checked) result_.submitted = checked->submitted;
        mention_kills_that_came_too_late();
        expect_nothing();
        measure();
        return std::move(result_);
    }

private:
    [[nodiscard]] std::uint64_t submitted_by_living() const {
        std::uint64_t sum = 0;
        for (const MemberResult* client : clients_)
            sum += client->killed ? progress_of(*client).decided : progress_of(*client).submitted;
        return sum;
    }

    void count_at_clients() {
        for (const MemberResult* client : clients_) {
            result_.submitted += progress_of(*client).submitted;
            result_.delivered += progress_of(*client).decided;
            result_.bytes += progress_of(*client).bytes;
        }
        count_lost();
    }

    void take_over(const CheckResult& checked) {
        result_.delivered = checked.delivered;
        result_.bytes = checked.delivered_bytes;
        result_.lost = checked.lost;
        result_.duplicated = checked.duplicated;
        result_.repeats = checked.repeats;
        for (const Finding& finding : checked.findings)
            if (finding.severity == Verdict::violated || !options_.without_majority())
                result_.add(finding.severity, finding.text);
    }

    void compare_reports() {
        for (const MemberResult* client : clients_)
            result_.submitted += progress_of(*client).submitted;
        const MemberResult* least = learners_.front();
        for (const MemberResult* learner : learners_) {
            check_learner(*learner);
            if (progress_of(*learner).delivered < progress_of(*least).delivered) least = learner;
        }
        result_.delivered = progress_of(*least).delivered;
        result_.bytes = progress_of(*least).bytes;
        compare_sequences();
        count_lost();
    }

    void check_learner(const MemberResult& learner) {
        if (!learner.final) {
            result_.add(Verdict::incomplete, fmt::format("learner {} left no final report", learner.id));
            return;
        }
        const FinalReport& report = *learner.final;
        result_.duplicated = std::max(result_.duplicated, report.duplicated);
        if (report.duplicated + report.misordered + report.corrupt > 0)
            result_.add(
                Verdict::violated,
                fmt::format("learner {}: {} values delivered again, {} out of order, {} with wrong bytes",
                            learner.id, report.duplicated, report.misordered, report.corrupt));
        for (const auto& [client, count] : report.per_client)
            check_count(learner, client, count);
    }

    void check_count(const MemberResult& learner, std::uint16_t client, std::uint64_t count) {
        const auto found = std::find_if(clients_.begin(), clients_.end(),
                                        [&](const MemberResult* member) { return member->id == client; });
        if (found == clients_.end())
            result_.add(Verdict::violated,
                        fmt::format("learner {} delivered values of client {}, which does not exist",
                                    learner.id, client));
        else if (!(*found)->killed && (*found)->final && count > progress_of(**found).submitted)
            result_.add(Verdict::violated,
                        fmt::format("learner {} delivered {} values of client {}, which submitted {}",
                                    learner.id, count, client, progress_of(**found).submitted));
    }

    // Learners that delivered the same number of values must have delivered the same sequence.
    void compare_sequences() {
        for (const MemberResult* a : learners_)
            for (const MemberResult* b : learners_)
                if (a->id < b->id && a->final && b->final &&
                    a->final->progress.delivered == b->final->progress.delivered &&
                    a->final->hash != b->final->hash)
                    result_.add(Verdict::violated,
                                fmt::format("learners {} and {} delivered different sequences of "
                                            "{} values",
                                            a->id, b->id, a->final->progress.delivered));
    }

    void count_lost() {
        const std::uint64_t needed = submitted_by_living();
        result_.lost = needed > result_.delivered ? needed - result_.delivered : 0;
        if (result_.lost > 0 && !options_.without_majority())
            result_.add(Verdict::incomplete,
                        fmt::format("{} of {} values were not delivered", result_.lost, needed));
    }

    [[nodiscard]] bool came_in_time(const Kill& kill) const {
        return std::any_of(result_.members.begin(), result_.members.end(), [&](const MemberResult& member) {
            return member.killed && member.role == kill.role &&
                   (kill.id == 0 ? member.killed_at_seconds == kill.at_seconds : member.id == kill.id);
        });
    }

    void mention_kills_that_came_too_late() {
        for (const Kill& kill : options_.kills) {
            if (came_in_time(kill)) continue;
            const std::string victim =
                kill.id == 0 ? "the leader" : fmt::format("{} {}", name_of(kill.role), kill.id);
            result_.add(
                Verdict::ok,
                fmt::format("{} was to be killed after {} s, and had ended, or the run was over by then",
                            victim, kill.at_seconds));
        }
    }

    // Without a majority of acceptors nothing can be decided: values wait, none is lost.
    void expect_nothing() {
        if (!options_.without_majority()) return;
        result_.lost = 0;
        if (result_.delivered > 0)
            result_.add(
                Verdict::violated,
                fmt::format("{} values were delivered without a majority of acceptors", result_.delivered));
    }

    void measure() {
        std::uint64_t first = ~std::uint64_t{0};
        std::uint64_t last = 0;
        for (const MemberResult* client : clients_) {
            if (progress_of(*client).first_ns != 0) first = std::min(first, progress_of(*client).first_ns);
            if (learners_.empty()) take_latency(*client, last);
        }
        for (const MemberResult* learner : learners_)
            take_latency(*learner, last);
        if (first != ~std::uint64_t{0}) result_.start_ns = first;
        result_.timelines = learners_.empty() ? 1 : static_cast<unsigned>(learners_.size());
        if (result_.delivered > 0 && last > first) result_.seconds = static_cast<double>(last - first) / 1e9;
    }

    void take_latency(const MemberResult& member, std::uint64_t& last) {
        last = std::max(last, progress_of(member).last_ns);
        if (!member.final) return;
        result_.latency.merge(member.final->latency);
        result_.timeline.merge(member.final->timeline);
    }

    const RunOptions& options_;
    RunResult result_;
    std::vector<const MemberResult*> clients_;
    std::vector<const MemberResult*> learners_;  // those that lived to the end
};

}  // namespace

std::uint64_t RunResult::elections() const {
    std::uint64_t sum = 0;
    for (const MemberResult& member : members) {
        if (!member.final) continue;
        const auto found = member.final->counters.find("elections");
        if (found != member.final->counters.end()) sum += found->second;
    }
    return sum;
}

RunResult judge(const RunOptions& options, std::vector<MemberResult> members,
                const std::optional<CheckResult>& checked, const std::vector<std::string>& faults,
                RunCourse course) {
    RunResult result = Judge(options, std::move(members)).run(checked, faults);
    if (result.start_ns == 0) result.start_ns = course.clients_started_ns;
    result.course = std::move(course);
    return result;
}

}  // namespace synod::cli

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "synod/cli/checker.hpp"
#include "synod/cli/run_options.hpp"
#include "synod/node/report.hpp"

namespace synod::cli {

// What became of one process of a run.
struct MemberResult {
    Role role = Role::client;
    unsigned id = 0;
    bool late = false;    // started when the others were done: its latencies say nothing
    bool killed = false;  // by the run, on purpose
    double killed_at_seconds = 0;
    std::uint64_t killed_at_ns = 0;
    node::Progress progress;
    std::optional<node::FinalReport> final;
    std::vector<std::string> violations;
};

// What people want to see on the axis of time.
struct RunEvent {
    std::uint64_t at_ns = 0;  // CLOCK_MONOTONIC
    std::string what;         // three words: "acceptor 2 killed"
};

struct RunCourse {
    std::uint64_t clients_started_ns = 0;  // the first of them; CLOCK_MONOTONIC
    std::vector<RunEvent> events;
};

// What came out of a run.
struct RunResult {
    std::uint64_t submitted = 0;
    std::uint64_t delivered = 0;  // by the learner that delivered least; without learners, decided
    std::uint64_t lost = 0;
    std::uint64_t duplicated = 0;
    std::uint64_t repeats = 0;
    std::uint64_t bytes = 0;  // of the values delivered
    double seconds = 0;       // from the first submission to the last delivery
    node::Histogram latency;
    node::Timeline timeline;  // of all learners that lived to the end, or, without learners, of all clients
    unsigned timelines = 0;   // how many those are: each learner delivers all values
    std::uint64_t start_ns = 0;  // the first submission, or the start of the clients when there is none
    RunCourse course;
    Verdict verdict = Verdict::ok;
    std::vector<std::string> findings;  // what is wrong or unexpected, in words
    std::vector<MemberResult> members;

    [[nodiscard]] double values_per_second() const {
        return seconds > 0 ? static_cast<double>(delivered) / seconds : 0;
    }
    [[nodiscard]] double megabytes_per_second() const {
        return seconds > 0 ? static_cast<double>(bytes) / 1e6 / seconds : 0;
    }

    // That the proposers which lived to the end have won; one is needed.
    [[nodiscard]] std::uint64_t elections() const;

    void add(Verdict severity, std::string text) {
        verdict = worse(verdict, severity);
        findings.push_back(std::move(text));
    }
};

// Puts together what the processes reported and what the checker (run.through_files()) found. `faults`:
// what the run itself has seen go wrong.
RunResult judge(const RunOptions& options, std::vector<MemberResult> members,
                const std::optional<CheckResult>& checked, const std::vector<std::string>& faults,
                RunCourse course);

}  // namespace synod::cli

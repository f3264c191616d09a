#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "synod/core/time.hpp"
#include "synod/node/histogram.hpp"
#include "synod/node/timeline.hpp"

// What role processes tell the runner: JSON lines on a pipe, one write(2) each.

namespace synod::node {

// How far a process is. A client fills in the first two, a learner the third.
struct Progress {
    std::uint64_t submitted = 0;
    std::uint64_t decided = 0;
    std::uint64_t delivered = 0;
    std::uint64_t bytes = 0;     // of the values submitted (client), delivered (learner)
    std::uint64_t first_ns = 0;  // CLOCK_MONOTONIC of the first value submitted or delivered; 0: none yet
    std::uint64_t last_ns = 0;   // of the last one submitted (client), delivered (learner)
    friend bool operator==(const Progress&, const Progress&) = default;
};

// The last line of a process that ends well.
struct FinalReport {
    Progress progress;
    std::map<std::uint16_t, std::uint64_t> per_client;  // learner: values delivered of each client
    std::uint64_t hash = 0;                             // learner: of the whole sequence, see workload.hpp
    std::uint64_t duplicated = 0;                       // learner with `verify`: what was wrong
    std::uint64_t misordered = 0;
    std::uint64_t corrupt = 0;
    Histogram latency;  // client: submission to decided; learner: submission to delivery, by stamps
    Timeline timeline;  // of the same latencies, and of the values decided (client) or delivered (learner)
    std::map<std::string, std::uint64_t> counters;  // whatever else is worth counting
    friend bool operator==(const FinalReport&, const FinalReport&) = default;
};

// The process has joined its groups and can be talked to.
struct Ready {
    friend bool operator==(const Ready&, const Ready&) = default;
};
// Something that people want to see on the axis of time: "leads".
struct Happened {
    std::uint64_t at_ns = 0;  // CLOCK_MONOTONIC
    std::string what;
    friend bool operator==(const Happened&, const Happened&) = default;
};
// Something that must never happen did.
struct Violation {
    std::string text;
    friend bool operator==(const Violation&, const Violation&) = default;
};
using Report = std::variant<Ready, Progress, FinalReport, Happened, Violation>;

// The writing end. With fd -1 nobody listens, and everything is a no-op.
class Reporter {
public:
    explicit Reporter(int fd = -1, Duration interval = milliseconds(20));

    [[nodiscard]] bool listening() const noexcept { return fd_ >= 0; }

    void ready();

    // Call it whenever something moved, as often as you like: it writes a line when the interval has
    // passed since the last one, else keeps it back until due_ns(). Never blocks.
    void progress(const Progress& progress, std::uint64_t now_ns) {
        if (listening() && (withheld_ || !(progress == last_))) progress_moved(progress, now_ns);
    }
    // When progress() wants to be called again, for the timeout of the caller's wait; ~0: not at all.
    [[nodiscard]] std::uint64_t due_ns() const noexcept {
        return withheld_ ? written_ns_ + interval_.ns : ~std::uint64_t{0};
    }
    // Writes at once what differs from the last line: the process is about to wait.
    void idle(const Progress& progress, std::uint64_t now_ns);

    // These block until the line is written, or the reader is gone.
    void final(const FinalReport& report);
    void happened(std::uint64_t now_ns, std::string_view what);
    void violation(std::string_view text);

private:
    void progress_moved(const Progress& progress, std::uint64_t now_ns);
    void write_progress(const Progress& progress, std::uint64_t now_ns);
    void write_whole(std::string_view line) const;

    int fd_;
    Duration interval_;
    bool withheld_ = false;
    Progress last_;  // as last written
    std::uint64_t written_ns_ = 0;
};

// The reading end. A line (without its newline) that is no report yields nullopt.
std::optional<Report> parse_report(std::string_view line);
std::string to_line(const Report& report);

// Cuts what comes out of a pipe into lines.
class LineSplitter {
public:
    // Appends what was read, then hands each whole line to `take(std::string_view)`.
    template <typename Take>
    void feed(std::string_view bytes, Take take) {
        rest_ += bytes;
        std::size_t begin = 0;
        for (std::size_t end; (end = rest_.find('\n', begin)) != std::string::npos; begin = end + 1)
            take(std::string_view(rest_).substr(begin, end - begin));
        rest_.erase(0, begin);
    }

private:
    std::string rest_;
};

}  // namespace synod::node

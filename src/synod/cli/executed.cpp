#include "synod/cli/executed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>

#include "synod/cli/text.hpp"

namespace synod::cli {
namespace {

constexpr std::size_t kFindingsMax = 10;
constexpr std::uint64_t kPositionMax = ~std::uint64_t{0} - 1;

// The N of "# positions below N by a snapshot".
std::optional<std::uint64_t> snapshot_below(std::string_view line) {
    constexpr std::string_view kBegin = "# positions below ";
    constexpr std::string_view kEnd = " by a snapshot";
    if (!line.starts_with(kBegin) || !line.ends_with(kEnd)) return std::nullopt;
    line.remove_prefix(kBegin.size());
    return parse_unsigned(line.substr(0, line.size() - std::min(line.size(), kEnd.size())), 0, kPositionMax);
}

// A log, line by line.
class Log {
public:
    explicit Log(const std::string& path) : file_(path) {
        if (!file_)
            throw UsageError(fmt::format("cannot read {}: {}", shown(path, 200), std::strerror(errno)));
        about_.path = path;
    }

    // Goes on to the next operation; false at the end. What is wrong on the way there is in findings().
    bool next() {
        findings_.clear();
        // A server that was killed may have left half a line.
        while (std::getline(file_, line_) && !file_.eof()) {
            ++number_;
            if (const auto below = snapshot_below(line_))
                skip_to(*below);
            else
                return take_operation();
        }
        return false;
    }

    [[nodiscard]] std::uint64_t position() const { return *about_.last; }
    [[nodiscard]] std::string_view text() const { return std::string_view(line_).substr(text_at_); }
    [[nodiscard]] const std::vector<Finding>& findings() const { return findings_; }
    [[nodiscard]] std::string place() const { return fmt::format("{}:{}", about_.path, number_); }
    [[nodiscard]] const ExecutedFile& about() const { return about_; }

private:
    bool take_operation() {
        const std::size_t end = line_.find(' ');
        const auto position = parse_unsigned(std::string_view(line_).substr(0, end), 0, kPositionMax);
        if (!position || end == std::string::npos) {
            find(Verdict::violated, fmt::format("{} is no executed operation", shown(line_)));
            return false;  // behind such a line nothing can be told
        }
        if (*position < expected_)
            find(Verdict::violated, fmt::format("position {} comes after {}", *position, expected_ - 1));
        if (*position > expected_)
            find(Verdict::incomplete,
                 fmt::format("positions from {} to {} are missing, and no snapshot stood "
                             "for them",
                             expected_, *position - 1));
        about_.last = *position;
        ++about_.operations;
        expected_ = *position + 1;
        text_at_ = end + 1;
        return true;
    }

    void skip_to(std::uint64_t position) {
        if (position < expected_)
            find(Verdict::violated,
                 fmt::format("a snapshot of what is below {} comes after {}", position, expected_ - 1));
        about_.gaps += position > expected_;
        expected_ = std::max(expected_, position);
    }

    void find(Verdict severity, const std::string& what) {
        findings_.push_back({severity, fmt::format("{}: {}", place(), what)});
    }

    std::ifstream file_;
    std::string line_;
    std::size_t text_at_ = 0;
    std::size_t number_ = 0;
    std::uint64_t expected_ = 0;  // the position to come next
    std::vector<Finding> findings_;
    ExecutedFile about_;
};

class Comparison {
public:
    explicit Comparison(const std::vector<std::string>& paths) {
        for (const std::string& path : paths)
            logs_.emplace_back(path);
        for (Log& log : logs_)
            advance(log);
    }

    ExecutedResult run() {
        while (!heads_.empty())
            step();
        if (result_.operations == 0)
            add(Verdict::incomplete, "no log has an operation: nothing was compared");
        for (const Log& log : logs_)
            result_.files.push_back(log.about());
        return std::move(result_);
    }

private:
    void add(Verdict severity, std::string text) {
        result_.verdict = worse(result_.verdict, severity);
        if (result_.findings.size() < kFindingsMax) result_.findings.push_back({severity, std::move(text)});
    }

    void advance(Log& log) {
        const bool more = log.next();
        for (const Finding& finding : log.findings())
            add(finding.severity, finding.text);
        if (more) heads_.push_back(&log);
    }

    // All that have the lowest position.
    void step() {
        const auto lowest = std::min_element(heads_.begin(), heads_.end(), [](const Log* a, const Log* b) {
            return a->position() < b->position();
        });
        const Log& first = **lowest;
        const std::uint64_t position = first.position();
        if (position > expected_)
            add(Verdict::incomplete,
                fmt::format("no log has the positions from {} to {}", expected_, position - 1));
        expected_ = std::max(expected_, position + 1);
        ++result_.operations;
        for (const Log* log : heads_) {
            if (log->position() == position && log->text() != first.text())
                add(Verdict::violated,
                    fmt::format("{}: {}, but {}: {}: the servers disagree on position {}", log->place(),
                                shown(log->text()), first.place(), shown(first.text()), position));
        }
        std::vector<Log*> passed;
        const auto at_position = [&](Log* log) { return log->position() == position; };
        std::copy_if(heads_.begin(), heads_.end(), std::back_inserter(passed), at_position);
        std::erase_if(heads_, at_position);
        for (Log* log : passed)
            advance(*log);
    }

    std::vector<Log> logs_;
    std::vector<Log*> heads_;  // those that have a line left
    std::uint64_t expected_ = 0;
    ExecutedResult result_;
};

}  // namespace

ExecutedResult check_executed(const std::vector<std::string>& paths) {
    return Comparison(paths).run();
}

}  // namespace synod::cli

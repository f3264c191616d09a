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

// A log, line by line.
class Log {
public:
    explicit Log(const std::string& path) : file_(path) {
        if (!file_)
            throw UsageError(fmt::format("cannot read {}: {}", shown(path, 200), std::strerror(errno)));
        about_.path = path;
    }

    // Goes on to the next operation; false at the end. What is wrong, if anything, is in fault().
    bool next() {
        fault_.clear();
        // A server that was killed may have left half a line.
        if (!std::getline(file_, line_) || file_.eof()) return false;
        ++number_;
        const std::size_t end = line_.find(' ');
        const auto position = parse_unsigned(std::string_view(line_).substr(0, end), 0, kPositionMax);
        if (!position || end == std::string::npos) {
            fault_ = fmt::format("{} is no executed operation", shown(line_));
            return next_after_fault();
        }
        if (about_.last && *position <= *about_.last)
            fault_ = fmt::format("position {} comes after {}", *position, *about_.last);
        about_.gaps += *position > (about_.last ? *about_.last + 1 : 0);
        about_.last = *position;
        ++about_.operations;
        text_at_ = end + 1;
        return true;
    }

    [[nodiscard]] std::uint64_t position() const { return *about_.last; }
    [[nodiscard]] std::string_view text() const { return std::string_view(line_).substr(text_at_); }
    [[nodiscard]] const std::string& fault() const { return fault_; }
    [[nodiscard]] std::string place() const { return fmt::format("{}:{}", about_.path, number_); }
    [[nodiscard]] const ExecutedFile& about() const { return about_; }

private:
    // Ends the file: behind such a line nothing can be told.
    bool next_after_fault() {
        file_.setstate(std::ios::failbit);
        return false;
    }

    std::ifstream file_;
    std::string line_;
    std::size_t text_at_ = 0;
    std::size_t number_ = 0;
    std::string fault_;
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
        if (!log.fault().empty()) add(Verdict::violated, fmt::format("{}: {}", log.place(), log.fault()));
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

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "synod/core/time.hpp"

namespace synod::member {

// Linearizable reads under way, in the order in which they began. Each waits for its question to the
// acceptors (QuorumRead). What a quorum has named may be a value whose leader died before it had more than a
// few votes, and then nobody need ever propose it again; so when the first read has waited for long, a mark
// is sent through the log, and those that began before that are done when it comes out, too.
class ReadList {
public:
    // How long a read waits before a mark is wanted.
    static constexpr Duration kPatience = milliseconds(20);

    using Use = std::function<void(bool)>;
    // A read that has an end: whether the state is as it is to be read.
    struct Answer {
        Use use;
        bool reached = false;
    };

    void add(std::uint64_t question, Time now, Time deadline, Use use);
    // The question of this number is done, and all before it.
    void question_done(std::uint64_t question) noexcept { done_ = question; }

    [[nodiscard]] bool wants_mark(Time now) const noexcept;
    void mark_sent() noexcept { marked_below_ = next_; }
    // It came out of the log, or never will.
    void mark_back(bool decided) noexcept;

    // Takes the next one that is to be told.
    [[nodiscard]] std::optional<Answer> take(Time now);
    // Takes the next one, done or not.
    [[nodiscard]] std::optional<Answer> take_any();
    // When one of them has something to wait for no longer.
    [[nodiscard]] Time deadline() const noexcept;

private:
    struct Read {
        std::uint64_t question = 0;
        Time began;
        Time deadline;
        Use use;
    };
    using Reads = std::map<std::uint64_t, Read>;
    Answer take(Reads::iterator read, bool reached);
    [[nodiscard]] bool is_done(const Reads::value_type& read) const noexcept;
    [[nodiscard]] Time mark_due() const noexcept;

    std::uint64_t next_ = 0;
    Reads reads_;
    std::set<std::pair<Time, std::uint64_t>> deadlines_;
    std::uint64_t done_ = 0;                     // the last question that is
    std::optional<std::uint64_t> marked_below_;  // the reads that the mark under way is for
    std::uint64_t passed_below_ = 0;             // the reads for which a mark has come out
};

}  // namespace synod::member

#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "synod/core/fifo.hpp"
#include "synod/core/time.hpp"
#include "synod/server/connections.hpp"

namespace synod::server {

// Clients' requests that only read, from their arrival until the store may answer them, without an entry of
// the log. Each waits for one of two things:
// - its question is done (QuorumRead): the store has come as far as a quorum had voted after it arrived;
// - a write of this server that was submitted after it comes out of the log. What anybody had been told of by
//   then lies below that write (docs/safety.md, 9).
//
// R1. A read misses nothing that anybody knew when it arrived.
// R2. A read comes behind the writes that its client had sent before it, and before those it sent after it:
//     so it is answered before the next write of the server is applied, at the latest. Reads of one client
//     are answered in their order.
class Reads {
public:
    static constexpr std::size_t kHeldBytesMax = 2 << 20;

    using Ticket = Connections::Ticket;
    struct Read {
        Ticket ticket;
        std::string operation;
        std::uint64_t question = 0;
        // Writes of the server's session, numbered by their submission, from 1 on; 0: none.
        std::uint64_t follows = 0;  // the one that it comes behind
        std::uint64_t written = 0;  // the last before it, or that was skipped since
        Time since;
    };

    // A write was submitted to the server's session, for this client.
    void wrote(Ticket ticket);
    // ... for nobody: a mark.
    void wrote_mark() noexcept { ++written_; }
    // What this client reads from here on comes behind the last write that was submitted.
    void follow_last_write(Ticket ticket);
    // REQUIRES: has_room().
    void add(Ticket ticket, std::string_view operation, std::uint64_t question, Time now);

    // The next write of the session is about to be applied. Before that, calls answer(std::span<const Read>),
    // with some at a time, for the reads that wait for it.
    template <typename Answer>
    void write_comes(Answer&& answer);
    // So many writes will not come: a snapshot covers them, or they are lost. What takes their place in the
    // log need not be theirs, so they tell no read anything.
    void skip_writes(std::uint64_t count) noexcept;
    // Calls answer() for the reads that may be answered now, since all questions up to this one are done.
    // REQUIRES: what has come out of the log is applied.
    template <typename Answer>
    void questions_done(std::uint64_t question, Answer&& answer);

    [[nodiscard]] bool has_room() const noexcept { return held_bytes_ < kHeldBytesMax; }
    [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }
    // When nothing has let a read go on for member::ReadList::kPatience, a mark is to be sent through the
    // log, as there: what a quorum has named may be an instance that nobody need ever decide.
    [[nodiscard]] bool wants_mark(Time now) const noexcept { return now >= mark_due(); }
    [[nodiscard]] Time mark_due() const noexcept;
    [[nodiscard]] std::uint64_t answered() const noexcept { return answered_; }

private:
    static constexpr std::size_t kAtOnce = 32;

    // A later write has come out of the log.
    [[nodiscard]] bool is_passed(const Read& read) const noexcept { return read.written < come_; }
    [[nodiscard]] Read take_front();
    template <typename Answer>
    void answer_ready(Answer&& answer);
    void recycle(Read& read);

    Fifo<Read> waiting_;       // by arrival
    std::vector<Read> ready_;  // kept for its memory
    std::vector<std::string> spare_;
    std::size_t held_bytes_ = 0;
    std::uint64_t written_ = 0;  // writes submitted
    std::uint64_t come_ = 0;     // of these have come out of the log, or are just coming
    // When it was last looked whom the questions that are done answer: up to which they were, and `come_`.
    std::uint64_t done_ = 0;
    std::uint64_t looked_at_ = 0;
    bool added_done_ = false;  // a read whose question was done already, since
    // By the place of its client; an earlier one's there, at worst.
    std::vector<std::uint64_t> last_write_of_;
    std::uint64_t answered_ = 0;
};

template <typename Answer>
void Reads::answer_ready(Answer&& answer) {
    for (std::span<const Read> left = ready_; !left.empty();) {
        const std::size_t count = std::min(left.size(), kAtOnce);
        answer(left.first(count));
        left = left.subspan(count);
    }
    for (Read& read : ready_)
        recycle(read);
    ready_.clear();
}

template <typename Answer>
void Reads::write_comes(Answer&& answer) {
    ++come_;
    while (!waiting_.empty() && is_passed(waiting_.front()))
        ready_.push_back(take_front());
    answer_ready(answer);
}

template <typename Answer>
void Reads::questions_done(std::uint64_t question, Answer&& answer) {
    const bool nothing_new = question == done_ && come_ == looked_at_ && !added_done_;
    if (nothing_new) return;
    done_ = question;
    looked_at_ = come_;
    added_done_ = false;
    for (std::size_t left = waiting_.size(); left > 0; --left) {
        Read read = take_front();
        if (is_passed(read) || (read.question <= question && read.follows <= come_))
            ready_.push_back(std::move(read));
        else
            waiting_.push_back(std::move(read));  // behind the others, which all keep their order
    }
    answer_ready(answer);
}

}  // namespace synod::server

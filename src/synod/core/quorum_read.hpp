#pragma once

#include <cstdint>
#include <tuple>

#include "synod/core/message.hpp"
#include "synod/core/outbox.hpp"
#include "synod/core/quorum.hpp"
#include "synod/core/time.hpp"

namespace synod {

// Tells how far a learner must have delivered for a linearizable read, without an entry of the log
// ("Linearizable Quorum Reads in Paxos", Charapko, Ailijiang, Demirbas, 2019). What was chosen before the
// read began has the votes of a quorum; any quorum that is asked afterwards has one of these acceptors in it,
// which names that instance or a later one.
//
// One question at a time: what begins to read while one is under way waits for the next.
//
// Invariants:
//   Q1  a question is done when a quorum has answered it and all below the highest index that these named has
//       been delivered.
//   Q2  a read is done with a question that was asked after it began.
class QuorumRead {
public:
    // `seed`: random, so that what was said to a former life of the learner answers nothing here.
    QuorumRead(unsigned acceptors, std::uint64_t seed)
        : quorum_(acceptors), wanted_(seed >> 1), asked_(wanted_), done_(wanted_) {}

    // A read begins. Returns the number of its question: it may go on when done() has come to that.
    [[nodiscard]] std::uint64_t begin() noexcept { return wanted_ = asked_ + 1; }
    [[nodiscard]] std::uint64_t done() const noexcept { return done_; }
    // A quorum has answered, and what it named is not delivered yet.
    [[nodiscard]] bool waits_for_delivery() const noexcept { return is_open() && has_index(); }

    void on(const ReadIndex& index) noexcept;
    // Asks what is to be asked, for the first time or again.
    void flush(InstanceId delivered_below, Time now, Outbox& outbox);
    [[nodiscard]] Time deadline() const noexcept { return retry_due_; }

    [[nodiscard]] auto state() const noexcept {
        return std::tie(wanted_, asked_, done_, answered_, index_, retry_due_, retry_after_);
    }
    friend bool operator==(const QuorumRead& a, const QuorumRead& b) { return a.state() == b.state(); }

private:
    [[nodiscard]] bool is_open() const noexcept { return asked_ != done_; }
    [[nodiscard]] bool has_index() const noexcept { return quorum_.reached_by(answered_); }
    void ask(Time now, Outbox& outbox);

    Quorum quorum_;
    std::uint64_t wanted_;  // the last question that some read waits for
    std::uint64_t asked_;
    std::uint64_t done_;
    AcceptorSet answered_;  // the question asked last
    InstanceId index_;      // the highest that they named
    Time retry_due_ = kNever;
    Duration retry_after_;
};

}  // namespace synod

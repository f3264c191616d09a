#pragma once

#include <array>
#include <map>
#include <tuple>
#include <vector>

#include "synod/core/message.hpp"
#include "synod/core/quorum.hpp"
#include "synod/core/single_decree.hpp"

namespace synod {

// Phase 1 over all instances at once ("Paxos Made Simple", section 3: "it chooses proposal number n and
// executes phase 1 for infinitely many instances"): gathers the pages of the acceptors' answers and finds
// what has to be proposed.
//
// An acceptor has answered when pages of one of its incarnations cover all instances but for those that it
// says are decided. With a quorum of answers, start() is the largest of their decided watermarks, and not
// less than what was known before: nothing is proposed below it. From it on an instance gets the value of its
// highest vote, or is free. Instances that the proposer itself knows to be decided are asked for and proposed
// again, too: no acceptor of the quorum may know.
class Phase1 {
public:
    // `start`: all below is known to be decided. An acceptor has said so; the quorum may be one of others.
    Phase1(Ballot ballot, unsigned acceptors, InstanceId start = {})
        : ballot_(ballot), start_(start), quorum_(acceptors) {}

    // REQUIRES: promise.ballot == ballot().
    void add(const Promise& promise);

    [[nodiscard]] Ballot ballot() const noexcept { return ballot_; }
    [[nodiscard]] bool is_complete() const noexcept { return quorum_.reached_by(complete_); }
    // From where on this acceptor has to be asked; kInstanceEnd when it has answered.
    [[nodiscard]] InstanceId cursor(AcceptorId acceptor) const noexcept {
        return cursors_[acceptor.value()].at;
    }
    [[nodiscard]] InstanceId start() const noexcept { return start_; }
    // Just above the highest instance with a vote; start() when there is none.
    [[nodiscard]] InstanceId end() const noexcept;
    // The value to propose; null where the proposer is free. REQUIRES: is_complete(), i >= start().
    [[nodiscard]] const std::vector<std::byte>* value(InstanceId i) const noexcept;

    [[nodiscard]] auto state() const noexcept {
        return std::tie(ballot_, start_, complete_, cursors_, found_);
    }
    friend bool operator==(const Phase1&, const Phase1&) = default;

private:
    struct Cursor {
        Incarnation incarnation;
        InstanceId at;
        InstanceId decided_below;
        [[nodiscard]] auto state() const noexcept { return std::tie(incarnation, at, decided_below); }
        friend bool operator==(const Cursor&, const Cursor&) = default;
    };
    struct Found {
        bool decided = false;
        ValueToPropose<std::vector<std::byte>> highest;
        std::vector<std::byte> chosen;
        [[nodiscard]] auto state() const noexcept { return std::tie(decided, highest, chosen); }
        friend bool operator==(const Found&, const Found&) = default;
    };

    Ballot ballot_;
    InstanceId start_;
    Quorum quorum_;
    AcceptorSet complete_;
    std::array<Cursor, kAcceptorsMax + 1> cursors_{};
    std::map<InstanceId, Found> found_;
};

}  // namespace synod

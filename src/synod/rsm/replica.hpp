#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "synod/rsm/snapshot.hpp"
#include "synod/rsm/state_machine.hpp"

namespace synod::rsm {

// A state machine at its place in the log. Replicas that are given the same commands with the same proposed
// times in the same order are equal, answers and snapshots included.
//
// R1. Time never goes back: an entry's time is the latest that was proposed for it or any entry before it.
//     For who submits by a clock that lags behind another's it stands still until that clock has caught up.
template <StateMachine M>
class Replica {
public:
    explicit Replica(M machine) : machine_(std::move(machine)) {}

    // The next command of the log, and the time that stands beside it: by the wall clock of the server that
    // put the command into the log, when it did so. Appends the answer to `reply`.
    void apply(UnixTime proposed, Bytes command, std::string& reply) {
        at_.time = std::max(at_.time, proposed);
        machine_.apply(LogEntry{at_.next, at_.time, command}, reply);
        at_.next = at_.next.next();
    }

    // Appends all that another replica needs to go on from here.
    void snapshot(std::string& out) const {
        const std::size_t begin = out.size();
        begin_snapshot(M::kSnapshotFormat, at_, out);
        machine_.snapshot(out);
        end_snapshot(begin, out);
    }
    // Takes the place of the replica that made the snapshot. What is wrong with it, if anything is: then this
    // one stays where it was.
    [[nodiscard]] std::optional<SnapshotFault> restore(Bytes snapshot) {
        const auto opened = open_snapshot(M::kSnapshotFormat, snapshot);
        if (const auto* fault = std::get_if<SnapshotFault>(&opened)) return *fault;
        const auto& [point, state] = std::get<OpenedSnapshot>(opened);
        if (!machine_.restore(state)) return SnapshotFault::malformed;
        at_ = point;
        return std::nullopt;
    }

    // Of the command that comes next.
    [[nodiscard]] Position position() const noexcept { return at_.next; }
    [[nodiscard]] UnixTime time() const noexcept { return at_.time; }
    [[nodiscard]] const M& machine() const noexcept { return machine_; }

private:
    M machine_;
    SnapshotPoint at_;
};

}  // namespace synod::rsm

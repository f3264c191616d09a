#pragma once

#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "synod/core/message.hpp"

namespace synod {

// What an acceptor must find again after a crash.
struct PromiseRecord {
    Ballot promised;
};
struct VoteRecord {
    VoteEntry vote;  // a view, like every byte string in an outbox
};
// It has got a table of sessions from another acceptor, and given up instances that it missed.
struct TrimRecord {
    InstanceId trimmed_below;
    InstanceId sessions_below;
    std::span<const SessionEntry> sessions;
};
using StableRecord = std::variant<PromiseRecord, VoteRecord, TrimRecord>;

struct Send {
    Destination to;
    Message message;
};

// Everything that a step of a role asks its driver to do. The driver makes `stable` stable before it
// transmits anything in `sends`; a driver without stable storage drops `stable`, and then an acceptor that
// has crashed must never vote again. Views in it stand until the role's next step.
struct Outbox {
    std::vector<StableRecord> stable;
    std::vector<Send> sends;

    template <typename M>
    void send(Destination to, M&& message) {
        sends.emplace_back(Send{to, std::forward<M>(message)});
    }
    [[nodiscard]] bool empty() const noexcept { return stable.empty() && sends.empty(); }
    void clear() noexcept {
        stable.clear();
        sends.clear();
    }
};

}  // namespace synod

#pragma once

#include <concepts>

#include "synod/core/acceptor.hpp"
#include "synod/core/learner.hpp"
#include "synod/core/message.hpp"
#include "synod/core/proposer.hpp"

namespace synod::host {

// What a role tells a prober of itself. Clients tell nothing.

// What it heard in a ballot below its own is of the past: it follows nobody there.
inline ProposerReport report_of(const Proposer& proposer, std::uint64_t number, const Losses& losses) {
    return {.number = number,
            .ballot = proposer.is_following() ? Ballot{} : proposer.ballot(),
            .leads = proposer.is_leading(),
            .heard = proposer.highest_heard() > proposer.ballot() ? proposer.highest_heard() : Ballot{},
            .decided_below = proposer.learner().log().decided_below(),
            .delivered_below = proposer.delivered_below(),
            .elections = proposer.elections(),
            .losses = losses};
}

inline AcceptorReport report_of(const Acceptor& acceptor, std::uint64_t number, const Losses& losses) {
    return {.number = number,
            .observer = acceptor.is_observer(),
            .promised = acceptor.promised(),
            .decided_below = acceptor.log().decided_below(),
            .trimmed_below = acceptor.trimmed_below(),
            .conflicts = acceptor.conflicts(),
            .losses = losses};
}

inline LearnerReport report_of(const Learner& learner, std::uint64_t number, const Losses& losses) {
    return {.number = number,
            .decided_below = learner.log().decided_below(),
            .delivered_below = learner.delivered_below(),
            .losses = losses};
}

template <typename R>
concept Reports = requires(const R& role, const Losses& losses) {
    report_of(role, 0, losses);
};

}  // namespace synod::host

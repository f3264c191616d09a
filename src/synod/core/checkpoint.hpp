#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <tuple>

#include "synod/core/gap_repair.hpp"
#include "synod/core/message.hpp"
#include "synod/core/outbox.hpp"
#include "synod/core/range_set.hpp"
#include "synod/core/sessions.hpp"
#include "synod/core/time.hpp"

namespace synod {

// A checkpoint: what the instances below `at` have come to, for those who cannot read them any more. Of the
// values themselves nothing is left; who needs these (a learner) is not helped by it.

// At an acceptor, which answers: the copy of its table that it serves, page by page, while its own table goes
// on. One copy at a time, for all who ask; kept as long as somebody asks.
class CheckpointCopy {
public:
    // REQUIRES: a page fits into a datagram.
    explicit CheckpointCopy(std::uint32_t page_bytes_max) noexcept;

    // The page that is asked for. When the copy that it belongs to is gone: the first page of the one that is
    // kept, if that is of `held_from` or later and so can be followed up from the log; else of a new one, of
    // `sessions`, the table at `at`.
    [[nodiscard]] Checkpoint answer(const CheckpointRequest& request, AcceptorId self,
                                    const Sessions& sessions, InstanceId at, InstanceId held_from, Time now);
    // Gives the memory back once nobody has asked for a second.
    void tick(Time now);
    [[nodiscard]] Time deadline() const noexcept { return drop_at_; }

    [[nodiscard]] auto state() const noexcept { return std::tie(at_, sessions_, drop_at_); }
    friend bool operator==(const CheckpointCopy&, const CheckpointCopy&) = default;

private:
    std::size_t entries_max_;  // in a page
    InstanceId at_;            // 0: there is none
    Sessions sessions_;
    Time drop_at_ = kNever;
};

// At a proposer or acceptor, which asks: while it misses what acceptors have forgotten, it asks one of them
// at a time for the pages of one checkpoint; again after a growing time when no answer comes; another one
// when this one stays silent, and then from the first page on, as it also does when the answer is of a later
// checkpoint.
class CheckpointFetch {
public:
    struct Complete {
        InstanceId at;
        Sessions sessions;
    };

    // An acceptor has forgotten what lies below.
    void note_trimmed(InstanceId below, Endpoint by) noexcept {
        if (below <= trimmed_below_) return;
        trimmed_below_ = below;
        trimmed_by_ = by;
    }
    [[nodiscard]] InstanceId trimmed_below() const noexcept { return trimmed_below_; }
    // Asks, if it is time, while the first instance of `missing` is one of those.
    void poll(const RangeSet& missing, const AcceptorDirectory& acceptors, Time now, Outbox& outbox);
    // A page has come; the checkpoint, above what is missing, when it was the last one.
    [[nodiscard]] std::optional<Complete> add(const Checkpoint& page, Endpoint from, Time now);
    // When poll() will have something to do.
    [[nodiscard]] Time deadline() const noexcept { return due_; }

    [[nodiscard]] auto state() const noexcept {
        return std::tie(trimmed_below_, trimmed_by_, wanted_, due_, retry_, unanswered_, asked_, at_,
                        acceptor_, endpoint_, next_, gathered_);
    }
    friend bool operator==(const CheckpointFetch&, const CheckpointFetch&) = default;

private:
    void start_over() noexcept;
    [[nodiscard]] bool continues(const Checkpoint& page) const noexcept;
    [[nodiscard]] bool begins(const Checkpoint& page) const noexcept;
    [[nodiscard]] Endpoint whom_to_ask(const AcceptorDirectory& acceptors, Time now) noexcept;

    InstanceId trimmed_below_;  // the furthest trim of an acceptor, which has the checkpoint for sure...
    Endpoint trimmed_by_;       // ...if it lives
    InstanceId wanted_;  // what is missing and forgotten, at the last poll: a checkpoint must lie above it
    Time due_ = kNever;  // kNever: nothing was missing that is forgotten, at the last poll
    Duration retry_;
    unsigned unanswered_ = 0;  // requests since the last page
    AcceptorId asked_;         // last, for a first page

    // The checkpoint whose pages are being gathered; none while `at_` is 0.
    InstanceId at_;
    AcceptorId acceptor_;
    Endpoint endpoint_;
    SessionId next_;  // where the next page begins
    Sessions gathered_;
};

}  // namespace synod

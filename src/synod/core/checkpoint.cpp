#include "synod/core/checkpoint.hpp"

#include <algorithm>
#include <utility>

namespace synod {

namespace {

constexpr Duration kKept = milliseconds(1000);
constexpr std::size_t kEntryBytes = 24;  // on the wire
constexpr Duration kRetryFirst = milliseconds(3);
constexpr Duration kRetryMax = milliseconds(100);
constexpr unsigned kUnansweredMax = 4;  // then another acceptor is asked

}  // namespace

CheckpointCopy::CheckpointCopy(std::uint32_t page_bytes_max) noexcept
    : entries_max_(std::max<std::size_t>(page_bytes_max / kEntryBytes, 1)) {}

Checkpoint CheckpointCopy::answer(const CheckpointRequest& request, AcceptorId self, const Sessions& sessions,
                                  InstanceId at, InstanceId held_from, Time now) {
    const bool kept = at_ != InstanceId{};
    const bool continues = kept && request.at == at_;
    if (!continues && (!kept || at_ < held_from)) {
        at_ = at;
        sessions_ = sessions;
    }
    drop_at_ = now + kKept;
    const SessionId from = continues ? request.from : SessionId{};
    const auto rest = sessions_.entries(from);
    const auto page = rest.first(std::min(rest.size(), entries_max_));
    return {self, at_, from, page.size() == rest.size(), {page.begin(), page.end()}};
}

void CheckpointCopy::tick(Time now) {
    if (now < drop_at_) return;
    drop_at_ = kNever;
    at_ = {};
    sessions_ = {};
}

void CheckpointFetch::poll(const RangeSet& missing, const AcceptorDirectory& acceptors, Time now,
                           Outbox& outbox) {
    if (missing.empty() || missing.ranges().front().first >= trimmed_below_) {
        if (due_ != kNever) start_over();
        due_ = kNever;
        return;
    }
    wanted_ = missing.ranges().front().first;
    if (due_ == kNever) {
        due_ = now;
        retry_ = kRetryFirst;
    }
    if (now < due_) return;
    if (unanswered_ == kUnansweredMax) start_over();
    outbox.send(Destination::to_process_or_group(whom_to_ask(acceptors, now), Role::acceptor),
                CheckpointRequest{at_, next_});
    ++unanswered_;
    due_ = now + retry_;
    retry_ = std::min(retry_ * 2, kRetryMax);
}

// For a first page the one that must have it, and then each of the others: it may be gone.
Endpoint CheckpointFetch::whom_to_ask(const AcceptorDirectory& acceptors, Time now) noexcept {
    if (at_ != InstanceId{}) return endpoint_;
    return unanswered_ == 0 ? trimmed_by_ : acceptors.next(asked_, now);
}

std::optional<CheckpointFetch::Complete> CheckpointFetch::add(const Checkpoint& page, Endpoint from,
                                                              Time now) {
    if (due_ == kNever) return std::nullopt;
    if (begins(page)) {
        start_over();
        at_ = page.at;
        acceptor_ = page.acceptor;
    } else if (!continues(page)) {
        return std::nullopt;
    }
    endpoint_ = from;
    gathered_.append(page.entries);
    unanswered_ = 0;
    retry_ = kRetryFirst;
    due_ = now;
    if (!page.last) {
        next_ = page.entries.back().session.next();
        return std::nullopt;
    }
    due_ = now + retry_;
    Complete complete{at_, std::move(gathered_)};
    start_over();
    return complete;
}

bool CheckpointFetch::continues(const Checkpoint& page) const noexcept {
    return at_ != InstanceId{} && page.acceptor == acceptor_ && page.at == at_ && page.from == next_;
}

// Whoever answers first is asked for the rest; only when it has a later one to offer it no longer has this.
bool CheckpointFetch::begins(const Checkpoint& page) const noexcept {
    if (page.from != SessionId{} || page.at <= wanted_) return false;
    return at_ == InstanceId{} || (page.acceptor == acceptor_ && page.at > at_);
}

void CheckpointFetch::start_over() noexcept {
    unanswered_ = 0;
    at_ = {};
    acceptor_ = {};
    endpoint_ = {};
    next_ = {};
    gathered_ = {};
}

}  // namespace synod

#include "synod/core/quorum_read.hpp"

#include <algorithm>

namespace synod {

namespace {
constexpr Duration kAskAgainFirst = milliseconds(5);
constexpr Duration kAskAgainMax = milliseconds(100);
}  // namespace

void QuorumRead::on(const ReadIndex& index) noexcept {
    if (!is_open() || index.number != asked_ || has_index() || !quorum_.is_member(index.acceptor)) return;
    answered_.add(index.acceptor);
    index_ = std::max(index_, index.voted_below);
}

void QuorumRead::flush(InstanceId delivered_below, Time now, Outbox& outbox) {
    if (waits_for_delivery()) {
        retry_due_ = kNever;
        if (delivered_below >= index_) done_ = asked_;
    }
    if (!is_open() && wanted_ != asked_) {
        ++asked_;
        answered_ = {};
        index_ = {};
        retry_after_ = kAskAgainFirst;
        ask(now, outbox);
    } else if (now >= retry_due_) {
        ask(now, outbox);
    }
}

void QuorumRead::ask(Time now, Outbox& outbox) {
    outbox.send(Destination::to_group(Role::acceptor), ReadQuery{asked_});
    retry_due_ = now + retry_after_;
    retry_after_ = std::min(retry_after_ * 2, kAskAgainMax);
}

}  // namespace synod

#include "synod/core/phase1.hpp"

#include <algorithm>

namespace synod {

void Phase1::add(const Promise& promise) {
    if (!quorum_.is_member(promise.acceptor) || complete_.contains(promise.acceptor)) return;
    Cursor& cursor = cursors_[promise.acceptor.value()];
    if (cursor.incarnation != promise.incarnation) cursor = {promise.incarnation, InstanceId{}, InstanceId{}};

    for (const VoteEntry& entry : promise.votes) {
        Found& found = found_[entry.instance];
        if (entry.decided) {
            found.decided = true;
            found.chosen.assign(entry.v_val.begin(), entry.v_val.end());
        } else if (entry.v_rnd > found.highest.v_rnd()) {
            found.highest.consider(entry.v_rnd, {entry.v_val.begin(), entry.v_val.end()});
        }
    }
    cursor.decided_below = std::max(cursor.decided_below, promise.decided_below);
    if (promise.covered.first <= cursor.at) cursor.at = std::max(cursor.at, promise.covered.end);
    if (cursor.at != kInstanceEnd) return;
    complete_.add(promise.acceptor);
    start_ = std::max(start_, cursor.decided_below);
    found_.erase(found_.begin(), found_.lower_bound(start_));
}

InstanceId Phase1::end() const noexcept {
    return found_.empty() ? start_ : std::max(start_, found_.rbegin()->first.next());
}

const std::vector<std::byte>* Phase1::value(InstanceId i) const noexcept {
    const auto at = found_.find(i);
    if (at == found_.end()) return nullptr;
    const Found& found = at->second;
    if (found.decided) return &found.chosen;
    return found.highest.is_free() ? nullptr : &found.highest.v_val();
}

}  // namespace synod

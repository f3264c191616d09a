#include "synod/core/range_set.hpp"

#include <algorithm>

namespace synod {

namespace {

// The first range that ends at or after `instance`.
auto touching(std::vector<Range>& ranges, InstanceId instance) {
    return std::partition_point(ranges.begin(), ranges.end(),
                                [instance](const Range& r) { return r.end < instance; });
}

}  // namespace

void RangeSet::add(Range range) {
    if (range.empty()) return;
    if (!ranges_.empty() && ranges_.back().end == range.first) {  // the steady state
        ranges_.back().end = range.end;
        return;
    }
    const auto from = touching(ranges_, range.first);
    auto to = from;
    for (; to != ranges_.end() && to->first <= range.end; ++to) {
        range.first = std::min(range.first, to->first);
        range.end = std::max(range.end, to->end);
    }
    if (from == to) {
        ranges_.insert(from, range);
    } else {
        *from = range;
        ranges_.erase(from + 1, to);
    }
}

void RangeSet::remove(Range range) {
    if (range.empty()) return;
    auto at = touching(ranges_, range.first);
    while (at != ranges_.end() && at->first < range.end) {
        const Range left{at->first, std::min(at->end, range.first)};
        const Range right{std::max(at->first, range.end), at->end};
        if (!left.empty() && !right.empty()) {
            *at = left;
            ranges_.insert(at + 1, right);
            return;
        }
        if (left.empty() && right.empty()) {
            at = ranges_.erase(at);
        } else {
            *at++ = left.empty() ? right : left;
        }
    }
}

bool RangeSet::contains(InstanceId instance) const noexcept {
    const auto at = std::partition_point(ranges_.begin(), ranges_.end(),
                                         [instance](const Range& r) { return r.end <= instance; });
    return at != ranges_.end() && at->first <= instance;
}

FewRanges RangeSet::few(Range within) const noexcept {
    FewRanges few;
    for (const Range& range : ranges_) {
        const Range clipped{std::max(range.first, within.first), std::min(range.end, within.end)};
        if (!clipped.empty() && !few.add(clipped)) break;
    }
    return few;
}

}  // namespace synod

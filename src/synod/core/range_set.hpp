#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <span>
#include <tuple>
#include <vector>

#include "synod/core/check.hpp"
#include "synod/core/ids.hpp"

namespace synod {

// Instances from `first` to just before `end`.
struct Range {
    InstanceId first;
    InstanceId end;
    [[nodiscard]] constexpr bool empty() const noexcept { return first >= end; }
    [[nodiscard]] constexpr auto state() const noexcept { return std::tie(first, end); }
    friend constexpr auto operator<=>(const Range&, const Range&) noexcept = default;
};

// What fits into a message: the lowest ranges of a set. No allocation.
class FewRanges {
public:
    static constexpr std::size_t kMax = 32;

    // False, and nothing added, when full.
    bool add(Range range) noexcept {
        if (size_ == kMax) return false;
        ranges_[size_++] = range;
        return true;
    }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] const Range* begin() const noexcept { return ranges_.data(); }
    [[nodiscard]] const Range* end() const noexcept { return ranges_.data() + size_; }
    [[nodiscard]] const Range& operator[](std::size_t k) const noexcept { return ranges_[k]; }

    friend bool operator==(const FewRanges& a, const FewRanges& b) noexcept {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

private:
    std::size_t size_ = 0;
    std::array<Range, kMax> ranges_{};
};

// A set of instances, kept as sorted ranges that neither touch nor overlap. Adding at the end and
// dropping from the front, the steady state, are O(1) amortised; elsewhere O(number of ranges).
class RangeSet {
public:
    void add(Range range);
    void remove(Range range);
    void drop_below(InstanceId instance) { remove({InstanceId{}, instance}); }
    void clear() noexcept { ranges_.clear(); }

    [[nodiscard]] bool contains(InstanceId instance) const noexcept;
    [[nodiscard]] bool empty() const noexcept { return ranges_.empty(); }
    [[nodiscard]] std::span<const Range> ranges() const noexcept { return ranges_; }
    // The lowest ranges, clipped to `within`, as many as a message takes.
    [[nodiscard]] FewRanges few(Range within) const noexcept;

    [[nodiscard]] const auto& state() const noexcept { return ranges_; }
    friend bool operator==(const RangeSet&, const RangeSet&) = default;

private:
    std::vector<Range> ranges_;
};

}  // namespace synod

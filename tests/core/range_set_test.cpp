#include "synod/core/range_set.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "core/core_test.hpp"

namespace synod::test {
namespace {

std::vector<Range> all(const RangeSet& set) {
    return {set.ranges().begin(), set.ranges().end()};
}

TEST(RangeSet, NeighboursJoinAndOverlapsMelt) {
    RangeSet set;
    set.add(range(5, 7));
    set.add(range(0, 2));
    EXPECT_EQ(all(set), (std::vector{range(0, 2), range(5, 7)}));
    set.add(range(2, 5));
    EXPECT_EQ(all(set), (std::vector{range(0, 7)}));
    set.add(range(3, 9));
    EXPECT_EQ(all(set), (std::vector{range(0, 9)}));
}

TEST(RangeSet, AHoleSplitsARange) {
    RangeSet set;
    set.add(range(0, 9));
    set.remove(range(3, 5));
    EXPECT_EQ(all(set), (std::vector{range(0, 3), range(5, 9)}));
    set.drop_below(i(4));
    EXPECT_EQ(all(set), (std::vector{range(5, 9)}));
}

TEST(RangeSet, AnEmptyRangeAddsAndRemovesNothing) {
    RangeSet set;
    set.add(range(4, 4));
    set.add(range(5, 3));
    EXPECT_TRUE(set.empty());
    set.add(range(0, 9));
    set.remove(range(4, 4));
    set.remove(range(6, 2));
    EXPECT_EQ(all(set), (std::vector{range(0, 9)}));
}

TEST(RangeSet, TheRangesOfAMessageAreTheLowestAndClipped) {
    RangeSet set;
    for (std::uint64_t k = 0; k < 100; ++k)
        set.add(range(10 * k, 10 * k + 5));
    const FewRanges few = set.few(range(12, 2000));
    ASSERT_EQ(few.size(), FewRanges::kMax);
    EXPECT_EQ(few[0], range(12, 15));
    EXPECT_EQ(few[1], range(20, 25));
    EXPECT_EQ(set.few(range(5, 10)), FewRanges{});
    EXPECT_EQ(set.few(range(0, 13)), ranges({range(0, 5), range(10, 13)}));
}

TEST(RangeSet, AFullMessageTakesNoMore) {
    FewRanges few;
    for (std::size_t k = 0; k < FewRanges::kMax; ++k)
        EXPECT_TRUE(few.add(range(k, k + 1)));
    EXPECT_FALSE(few.add(range(99, 100)));
    EXPECT_EQ(few.size(), FewRanges::kMax);
}

TEST(RangeSetProperty, BehavesLikeASetOfInstances) {
    EXPECT_TRUE(rc::check([] {
        RangeSet set;
        std::set<std::uint64_t> model;
        const auto steps = *rc::gen::container<std::vector<std::tuple<int, std::uint8_t, std::uint8_t>>>(
            rc::gen::tuple(rc::gen::inRange(0, 5), rc::gen::inRange<std::uint8_t>(0, 40),
                           rc::gen::inRange<std::uint8_t>(0, 9)));
        for (const auto& [what, first, count] : steps) {
            const std::uint64_t end = std::uint64_t{first} + count;
            if (what <= 1) {
                set.add(range(first, end));
                for (std::uint64_t k = first; k < end; ++k)
                    model.insert(k);
            } else if (what <= 3) {
                set.remove(range(first, end));
                for (std::uint64_t k = first; k < end; ++k)
                    model.erase(k);
            } else {
                set.drop_below(i(first / 4));
                model.erase(model.begin(), model.lower_bound(first / 4));
            }

            for (std::uint64_t k = 0; k < 55; ++k)
                RC_ASSERT(set.contains(i(k)) == model.contains(k));
            RC_ASSERT(set.empty() == model.empty());
            const auto found = all(set);
            for (std::size_t k = 0; k < found.size(); ++k) {
                RC_ASSERT(!found[k].empty());
                if (k > 0) RC_ASSERT(found[k - 1].end < found[k].first);
            }
            RangeSet rebuilt;
            for (auto at = model.rbegin(); at != model.rend(); ++at)
                rebuilt.add(range(*at, *at + 1));
            RC_ASSERT(rebuilt == set);
        }
    }));
}

}  // namespace
}  // namespace synod::test

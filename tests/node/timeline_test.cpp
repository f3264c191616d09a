#include "synod/node/timeline.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace synod::node {
namespace {

constexpr std::uint64_t kMs = 1'000'000;

std::uint64_t values_in(const Timeline& timeline) {
    std::uint64_t sum = 0;
    for (const Timeline::Interval& interval : timeline.intervals())
        sum += interval.values;
    return sum;
}

TEST(Timeline, CountsEachMillisecondFromTheFirstToTheLast) {
    Timeline timeline;
    timeline.record(7 * kMs + 1, 2);
    timeline.record(7 * kMs + 900'000, 3);
    timeline.record(9 * kMs, 4);
    EXPECT_EQ(timeline.width_ns(), kMs);
    EXPECT_EQ(timeline.first(), 7U);
    const std::vector<Timeline::Interval> expected{{5, 0}, {0, 0}, {4, 0}};
    EXPECT_EQ(timeline.intervals(), expected);
}

TEST(Timeline, OfALongRunTakesNoMoreMemoryAndLosesNoCount) {
    Timeline timeline;
    for (std::uint64_t ms = 1'000'003; ms < 1'100'000; ++ms)
        timeline.record(ms * kMs, 1);
    EXPECT_LE(timeline.intervals().size(), Timeline::kIntervalsMax);
    EXPECT_GT(timeline.intervals().size(), Timeline::kIntervalsMax / 4);
    EXPECT_EQ(values_in(timeline), 99'997U);
    const std::uint64_t width_ms = timeline.width_ns() / kMs;
    for (std::size_t k = 1; k + 1 < timeline.intervals().size(); ++k)
        EXPECT_EQ(timeline.intervals()[k].values, width_ms) << k;
}

TEST(Timeline, KeepsFewLatenciesEvenlyAndTheLongestOfEachInterval) {
    Timeline timeline;
    for (std::uint64_t k = 0; k < 1'000'000; ++k)
        timeline.record_latency(k * 1000, k == 123'457 ? 999 : 5);
    EXPECT_LE(timeline.samples().size(), Timeline::kSamplesMax);
    EXPECT_GE(timeline.samples().size(), Timeline::kSamplesMax / 2);
    const std::uint64_t step = timeline.samples()[1].at_ns - timeline.samples()[0].at_ns;
    for (std::size_t k = 1; k < timeline.samples().size(); ++k)
        EXPECT_EQ(timeline.samples()[k].at_ns - timeline.samples()[k - 1].at_ns, step) << k;
    std::uint64_t longest = 0;
    for (const Timeline::Interval& interval : timeline.intervals())
        longest = std::max(longest, interval.latency_ns_max);
    EXPECT_EQ(longest, 999U);
}

TEST(Timeline, MergesWhatBeganEarlierAndHasOtherWidths) {
    Timeline coarse;
    for (std::uint64_t ms = 100; ms < 1000; ++ms)
        coarse.record(ms * kMs, 1);
    ASSERT_GT(coarse.width_ns(), kMs);
    Timeline fine;
    fine.record(31 * kMs, 10);
    fine.record_latency(500 * kMs, 77);

    Timeline both = coarse;
    both.merge(fine);
    Timeline the_other_way_round = fine;
    the_other_way_round.merge(coarse);

    EXPECT_EQ(both, the_other_way_round);
    EXPECT_EQ(both.width_ns(), coarse.width_ns());
    EXPECT_EQ(both.first(), 31 * kMs / coarse.width_ns());
    EXPECT_EQ(values_in(both), 910U);
    EXPECT_EQ(both.intervals()[500 * kMs / both.width_ns() - both.first()].latency_ns_max, 77U);
    EXPECT_EQ(both.samples().size(), 1U);
}

TEST(Timeline, GoesOnAfterAMerge) {
    Timeline timeline;
    timeline.record(3 * kMs, 1);
    Timeline earlier;
    earlier.record(1 * kMs, 1);
    timeline.merge(earlier);
    timeline.record(3 * kMs + 5, 1);
    const std::vector<Timeline::Interval> expected{{1, 0}, {0, 0}, {2, 0}};
    EXPECT_EQ(timeline.intervals(), expected);
}

TEST(Timeline, OfNothingMergesWithAnything) {
    Timeline timeline;
    timeline.merge(Timeline{});
    EXPECT_TRUE(timeline.intervals().empty());
    Timeline some;
    some.record(5 * kMs, 1);
    timeline.merge(some);
    EXPECT_EQ(timeline, some);
}

}  // namespace
}  // namespace synod::node

#include "synod/node/histogram.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace synod::node {
namespace {

TEST(Histogram, AnswersZeroBeforeAnythingIsRecorded) {
    const Histogram histogram;
    EXPECT_EQ(histogram.count(), 0U);
    EXPECT_EQ(histogram.percentile(50), 0U);
    EXPECT_EQ(histogram.max(), 0U);
}

TEST(Histogram, IsExactForASingleValueAtTheMaximum) {
    Histogram histogram;
    histogram.record(123'457);
    EXPECT_EQ(histogram.max(), 123'457U);
    EXPECT_NEAR(static_cast<double>(histogram.percentile(50)), 123'457, 123'457 * 0.008);
}

TEST(Histogram, IsOffByLessThanOnePercentFromNanosecondsToMinutes) {
    for (double ns = 1; ns < 4e12; ns *= 1.37) {
        Histogram histogram;
        const auto value = static_cast<std::uint64_t>(ns);
        histogram.record(value);
        histogram.record(std::uint64_t{1} << 42);  // so that the maximum does not cap the answer
        const auto found = static_cast<double>(histogram.percentile(50));
        EXPECT_NEAR(found, static_cast<double>(value), static_cast<double>(value) * 0.008) << value;
    }
}

TEST(Histogram, FindsThePercentilesOfAnEvenSpread) {
    Histogram histogram;
    for (std::uint64_t us = 1; us <= 1000; ++us)
        histogram.record(us * 1000);
    EXPECT_EQ(histogram.count(), 1000U);
    EXPECT_NEAR(static_cast<double>(histogram.percentile(50)), 500e3, 500e3 * 0.01);
    EXPECT_NEAR(static_cast<double>(histogram.percentile(99)), 990e3, 990e3 * 0.01);
    EXPECT_NEAR(static_cast<double>(histogram.percentile(99.9)), 999e3, 999e3 * 0.01);
    EXPECT_NEAR(static_cast<double>(histogram.percentile(0)), 1e3, 1e3 * 0.01);
    EXPECT_EQ(histogram.max(), 1'000'000U);
    EXPECT_LE(histogram.percentile(100), histogram.max());
}

TEST(Histogram, CountsMoreThanAnHourAsAnHour) {
    Histogram histogram;
    histogram.record(~std::uint64_t{0});
    EXPECT_EQ(histogram.count(), 1U);
    EXPECT_EQ(histogram.max(), ~std::uint64_t{0});
    EXPECT_GT(histogram.percentile(50), 3600ULL * 1'000'000'000);
}

TEST(Histogram, MergesAsIfAllHadBeenRecordedInOne) {
    Histogram a;
    Histogram b;
    Histogram both;
    for (std::uint64_t ns = 1; ns < 1'000'000; ns += 977) {
        (ns % 2 == 0 ? a : b).record(ns, 3);
        both.record(ns, 3);
    }
    a.merge(b);
    EXPECT_EQ(a, both);
}

TEST(Histogram, SurvivesTheWayThroughText) {
    Histogram histogram;
    for (std::uint64_t ns = 1; ns < 1'000'000'000; ns = ns * 3 + 1)
        histogram.record(ns, ns % 7 + 1);
    const auto back = Histogram::from_text(histogram.to_text());
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, histogram);
    EXPECT_EQ(Histogram::from_text(Histogram().to_text()), Histogram());
}

TEST(Histogram, RefusesTextThatIsNone) {
    for (const char* text : {"", "x", "1 2", "1 2:", "1 2:x", "1 99999999:1", "1 2:3:4", "-1"})
        EXPECT_FALSE(Histogram::from_text(text)) << text;
}

}  // namespace
}  // namespace synod::node

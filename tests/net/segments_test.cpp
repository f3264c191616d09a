#include "synod/net/segments.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace synod::net::test {
namespace {

// How many of the datagrams go in one send.
std::size_t together(std::initializer_list<std::size_t> sizes) {
    Segments segments(*sizes.begin(), 32'500);
    for (const std::size_t* size = sizes.begin() + 1; size != sizes.end(); ++size) {
        if (!segments.add(*size)) break;
    }
    return segments.count();
}

TEST(Segments, EqualDatagramsGoTogether) {
    EXPECT_EQ(together({1400, 1400, 1400}), 3U);
    EXPECT_EQ(together({1400}), 1U);
}

TEST(Segments, ALittleShorterOnesArePaddedWhereverTheyStand) {
    EXPECT_EQ(together({1400, 1050, 1400, 1399}), 4U);
    EXPECT_EQ(together({1050, 1400, 1050}), 3U);
}

TEST(Segments, AMuchShorterOneEndsTheSend) {
    EXPECT_EQ(together({1400, 1049, 1400}), 2U);
    EXPECT_EQ(together({1400, 100, 100}), 2U);
}

TEST(Segments, AMuchLongerOneBeginsTheNext) {
    EXPECT_EQ(together({100, 1400}), 1U);
    EXPECT_EQ(together({1049, 1400}), 1U);
}

TEST(Segments, PaddingStaysBelowAQuarterOfTheLongest) {
    Segments segments(1000, 32'500);
    EXPECT_TRUE(segments.add(1333));
    EXPECT_FALSE(segments.add(1400));  // 1000 is too short for it
    EXPECT_EQ(segments.segment_bytes(), 1333U);
}

TEST(Segments, ASendIsBounded) {
    Segments many(100, 32'500);
    while (many.add(100)) {
    }
    EXPECT_EQ(many.count(), Segments::kSegmentsMax);
    Segments large(9000, 32'500);
    while (large.add(9000)) {
    }
    EXPECT_EQ(large.count(), Segments::kSendBytesMax / 9000);
}

TEST(Segments, WhatIsTooLongOrEmptyGoesAlone) {
    EXPECT_EQ(together({32'501, 100}), 1U);
    EXPECT_EQ(together({32'000, 32'501}), 1U);
    EXPECT_EQ(together({0, 0}), 1U);
    EXPECT_EQ(together({100, 0}), 1U);
    Segments wire(1473, 1472);
    EXPECT_FALSE(wire.add(1400));
}

}  // namespace
}  // namespace synod::net::test

#include <gtest/gtest.h>

#include "synod/node/input.hpp"

namespace synod::node {
namespace {

constexpr Time kStart{1'000'000'000};

// How many go from `written` on, at `now`.
std::uint64_t let_through(Pace& pace, std::uint64_t written, Time now) {
    const std::uint64_t before = written;
    while (written < before + 1'000'000 && pace.allows(written, now))
        ++written;
    return written - before;
}

TEST(Pace, WithoutARateLetsEverythingThroughAtOnce) {
    Pace pace(0);
    EXPECT_EQ(let_through(pace, 0, kStart), 1'000'000U);
    EXPECT_LE(pace.next(), kStart);
}

TEST(Pace, LetsTheFirstValueThroughAndEachOtherInItsTime) {
    Pace pace(1000);
    EXPECT_EQ(let_through(pace, 0, kStart), 1U);
    EXPECT_EQ(pace.next(), kStart + milliseconds(1));
    EXPECT_EQ(let_through(pace, 1, kStart + microseconds(999)), 0U);
    EXPECT_EQ(let_through(pace, 1, kStart + milliseconds(1)), 1U);
    EXPECT_EQ(let_through(pace, 2, kStart + milliseconds(10)), 9U);  // what was due meanwhile
}

TEST(Pace, PutsTogetherWhatComesFasterThanAnyoneShouldWake) {
    Pace pace(5'000'000);
    EXPECT_EQ(let_through(pace, 0, kStart), 1U);
    EXPECT_EQ(pace.next(), kStart + Pace::kTogether);
    EXPECT_EQ(let_through(pace, 1, kStart + Pace::kTogether), 500U);
}

}  // namespace
}  // namespace synod::node

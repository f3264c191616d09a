#include "synod/node/rest.hpp"

#include <gtest/gtest.h>

namespace synod::node {
namespace {

constexpr Time kNow{1'000'000'000};
constexpr std::uint64_t kRoom = 1 << 20;
constexpr unsigned kBuffers = 16;

net::ReceiveCounters received(std::uint64_t bytes, std::uint64_t buffers) {
    net::ReceiveCounters counters;
    counters.bytes = bytes;
    counters.buffers = buffers;
    return counters;
}

TEST(Rest, FollowsALookThatFoundLittle) {
    Rest rest(kRoom, kBuffers);
    EXPECT_EQ(rest.until(), Time{});
    rest.looked(received(kRoom / 16, 3), kNow);
    EXPECT_GT(rest.until(), kNow);
    EXPECT_LE(rest.until(), kNow + milliseconds(1));
}

TEST(Rest, IsNoneWhileTheRoomFillsOrMoreIsLeft) {
    Rest rest(kRoom, kBuffers);
    rest.looked(received(kRoom / 8, 3), kNow);
    EXPECT_LE(rest.until(), kNow);
    rest.looked(received(kRoom / 8, 3 + kBuffers), kNow);
    EXPECT_LE(rest.until(), kNow);
}

TEST(Rest, CountsOnlyWhatHasComeSinceTheLastLook) {
    Rest rest(kRoom, kBuffers);
    rest.looked(received(10 * kRoom, 1000), kNow);
    rest.looked(received(10 * kRoom + 1, 1001), kNow);
    EXPECT_GT(rest.until(), kNow);
}

}  // namespace
}  // namespace synod::node

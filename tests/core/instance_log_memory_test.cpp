#include <gtest/gtest.h>

#include "core_test.hpp"
#include "synod/core/instance_log.hpp"

namespace synod::test {
namespace {

// A learner that catches up: old values come, are handed over and dropped, between new ones that it has to
// keep.
TEST(InstanceLogMemory, IsBoundWhileOldValuesComeAndGoBetweenNewOnes) {
    constexpr InstanceLog::Options kOptions{
        .chunk_bytes = 1 << 10, .instances_max = 1 << 16, .bytes_max = 24 << 10};
    InstanceLog log(kOptions);
    const std::string value(100, 'x');
    std::uint64_t old = 0;
    std::uint64_t kept = 0;
    for (std::uint64_t fresh = 20'000; fresh < 21'000; ++fresh) {
        kept += log.put(i(fresh), b(1), v(value));
        for (int k = 0; k < 10; ++k, ++old) {
            ASSERT_TRUE(log.put_decided(i(old), v(value))) << "what is waited for has room";
            log.drop_below(i(old + 1));
        }
        ASSERT_LE(log.arena().reserved_bytes(), 2 * kOptions.bytes_max);
    }
    EXPECT_GT(kept, 0u);
    EXPECT_EQ(log.decided_below(), i(old));
}

}  // namespace
}  // namespace synod::test

#include "synod/core/instance_ring.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

#include "core/core_test.hpp"

namespace synod::test {
namespace {

TEST(InstanceRing, HasASlotForEachInstanceOfItsWindow) {
    InstanceRing<int> ring;
    EXPECT_EQ(ring.find(i(0)), nullptr);
    ring.at(i(2)) = 7;
    EXPECT_EQ(ring.end(), i(3));
    ASSERT_NE(ring.find(i(1)), nullptr);
    EXPECT_EQ(*ring.find(i(1)), 0);
    EXPECT_EQ(*ring.find(i(2)), 7);
    EXPECT_EQ(ring.find(i(3)), nullptr);
}

TEST(InstanceRing, ForgetsBelowAndMayBeEmptiedBeyondItsEnd) {
    InstanceRing<int> ring;
    ring.at(i(5)) = 7;
    ring.drop_below(i(5));
    EXPECT_EQ(ring.find(i(4)), nullptr);
    EXPECT_EQ(*ring.find(i(5)), 7);
    ring.drop_below(i(5'000'000));
    EXPECT_EQ(ring.first(), i(5'000'000));
    EXPECT_EQ(ring.end(), i(5'000'000));
    ring.at(i(5'000'001)) = 8;
    EXPECT_EQ(*ring.find(i(5'000'000)), 0);
    EXPECT_EQ(*ring.find(i(5'000'001)), 8);
    ring.drop_below(i(3));
    EXPECT_EQ(ring.first(), i(5'000'000));
}

TEST(InstanceRing, EqualContentsCompareEqualWhateverCameBefore) {
    InstanceRing<int> ring;
    for (std::uint64_t k = 0; k < 3000; ++k)
        ring.at(i(k)) = 1;
    ring.drop_below(i(2999));
    ring.at(i(2999)) = 5;
    InstanceRing<int> fresh;
    fresh.drop_below(i(2999));
    fresh.at(i(2999)) = 5;
    EXPECT_EQ(ring, fresh);
    fresh.at(i(2999)) = 6;
    EXPECT_FALSE(ring == fresh);
    fresh.at(i(2999)) = 5;
    fresh.at(i(3000));
    EXPECT_FALSE(ring == fresh);
}

TEST(InstanceRingProperty, BehavesLikeAMapOverASlidingWindow) {
    EXPECT_TRUE(rc::check([] {
        InstanceRing<int> ring;
        std::map<std::uint64_t, int> model;
        std::uint64_t first = 0;
        std::uint64_t end = 0;
        const auto steps = *rc::gen::container<std::vector<std::pair<bool, std::uint16_t>>>(
            rc::gen::pair(rc::gen::arbitrary<bool>(), rc::gen::inRange<std::uint16_t>(0, 3000)));
        for (const auto& [writes, offset] : steps) {
            const std::uint64_t at = first + offset;
            if (writes) {
                ring.at(i(at)) += offset + 1;
                model[at] += offset + 1;
                end = std::max(end, at + 1);
            } else {
                ring.drop_below(i(at));
                model.erase(model.begin(), model.lower_bound(at));
                first = at;
                end = std::max(end, at);
            }
            RC_ASSERT(ring.first() == i(first));
            RC_ASSERT(ring.end() == i(end));
            for (std::uint64_t k = first; k < end; ++k) {
                const auto known = model.find(k);
                RC_ASSERT(*ring.find(i(k)) == (known == model.end() ? 0 : known->second));
            }
        }
    }));
}

}  // namespace
}  // namespace synod::test

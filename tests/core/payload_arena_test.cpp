#include "synod/core/payload_arena.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

#include "core/core_test.hpp"

namespace synod::test {
namespace {

TEST(PayloadArena, KeepsWhatItIsGiven) {
    PayloadArena arena(16);
    const auto x = arena.store(v("0123456789"));
    const auto y = arena.store(v("abcdefghij"));  // of the next chunk
    EXPECT_EQ(text(arena.view(x)), "0123456789");
    EXPECT_EQ(text(arena.view(y)), "abcdefghij");
    EXPECT_EQ(arena.live_bytes(), 20u);
    EXPECT_EQ(arena.reserved_bytes(), 32u);
}

TEST(PayloadArena, TheEmptyValueNeedsNoMemory) {
    PayloadArena arena(16);
    const auto handle = arena.store({});
    EXPECT_TRUE(arena.view(handle).empty());
    arena.release(handle);
    EXPECT_EQ(arena.reserved_bytes(), 0u);
}

TEST(PayloadArena, AValueAsLargeAsAChunkFits) {
    PayloadArena arena(4);
    const auto x = arena.store(v("abcd"));
    const auto y = arena.store(v("efgh"));
    EXPECT_EQ(text(arena.view(x)), "abcd");
    EXPECT_EQ(text(arena.view(y)), "efgh");
    EXPECT_EQ(arena.reserved_bytes(), 8u);
}

TEST(PayloadArena, MemoryIsUsedAgainInTheSteadyState) {
    PayloadArena arena(64);
    std::vector<PayloadArena::Handle> window;
    for (int k = 0; k < 10'000; ++k) {
        window.push_back(arena.store(v("ten bytes!")));
        if (window.size() > 20) {
            arena.release(window.front());
            window.erase(window.begin());
        }
    }
    EXPECT_LE(arena.reserved_bytes(), 6 * 64u);
    for (const auto handle : window)
        EXPECT_EQ(text(arena.view(handle)), "ten bytes!");
    for (const auto handle : window)
        arena.release(handle);
    EXPECT_EQ(arena.live_bytes(), 0u);
    EXPECT_LE(arena.used_bytes(), 64u) << "of the empty chunks only the one being filled is in use";
}

TEST(PayloadArenaProperty, ValuesStandUntilReleasedAndCopiesAreIndependent) {
    EXPECT_TRUE(rc::check([] {
        PayloadArena arena(32);
        std::map<int, std::pair<PayloadArena::Handle, std::string>> model;
        int next = 0;
        const auto steps = *rc::gen::container<std::vector<std::pair<bool, std::uint8_t>>>(
            rc::gen::pair(rc::gen::arbitrary<bool>(), rc::gen::arbitrary<std::uint8_t>()));
        for (const auto& [stores, number] : steps) {
            if (stores || model.empty()) {
                const std::string value(number % 33, static_cast<char>('a' + number % 26));
                model[next++] = {arena.store(v(value)), value};
            } else {
                const auto at = std::next(model.begin(), static_cast<int>(number % model.size()));
                arena.release(at->second.first);
                model.erase(at);
            }
            std::size_t live = 0;
            const PayloadArena copy = arena;
            for (const auto& [key, held] : model) {
                RC_ASSERT(text(arena.view(held.first)) == held.second);
                RC_ASSERT(text(copy.view(held.first)) == held.second);
                live += held.second.size();
            }
            RC_ASSERT(arena.live_bytes() == live);
            RC_ASSERT(arena.live_bytes() <= arena.used_bytes());
            RC_ASSERT(arena.used_bytes() <= arena.reserved_bytes());
        }
    }));
}

}  // namespace
}  // namespace synod::test

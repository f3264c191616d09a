// Rule 6: "Exactly once and FIFO, decided at delivery from the log alone." [A bounded bitmap loses or repeats
// a value that arrives after it slid by; "largest seen" drops reordered ones; equal values are no repeats.]

#include "synod/core/sessions.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

#include "core/core_test.hpp"

namespace synod::test {
namespace {

class SessionsTest : public testing::Test {
protected:
    // Which pieces are taken of the run [first, first + count).
    std::vector<std::uint64_t> take(std::uint64_t session, std::uint64_t first, std::uint64_t count) {
        const auto bytes = run_of(s(session), first, std::vector<std::string>(count, "the same"));
        const Sessions::Taken taken = sessions_.take(read(bytes));
        std::vector<std::uint64_t> numbers;
        for (std::uint32_t k = 0; k < taken.count; ++k)
            numbers.push_back(first + taken.skip + k);
        return numbers;
    }
    using Numbers = std::vector<std::uint64_t>;
    Sessions sessions_;
};

TEST_F(SessionsTest, ARunIsTakenOnce) {
    EXPECT_EQ(take(1, 0, 3), (Numbers{0, 1, 2}));
    EXPECT_EQ(take(1, 0, 3), Numbers{});
    EXPECT_EQ(sessions_.next(s(1)), p(3));
}

TEST_F(SessionsTest, OfARunThatIsPartlyKnownTheRestIsTaken) {
    take(1, 0, 3);
    EXPECT_EQ(take(1, 1, 4), (Numbers{3, 4}));
    EXPECT_EQ(take(1, 2, 3), Numbers{});
    EXPECT_EQ(take(1, 5, 1), Numbers{5});
}

// "...higher is dropped and sent again by the client"
TEST_F(SessionsTest, ARunThatComesTooEarlyIsNotTakenAtAll) {
    EXPECT_EQ(take(1, 1, 2), Numbers{});
    EXPECT_EQ(sessions_.next(s(1)), p(0));
    EXPECT_EQ(sessions_.size(), 0u);
    EXPECT_EQ(take(1, 0, 1), Numbers{0});
    EXPECT_EQ(take(1, 1, 2), (Numbers{1, 2}));
}

TEST_F(SessionsTest, SessionsDoNotMix) {
    take(2, 0, 2);
    EXPECT_EQ(take(1, 0, 1), Numbers{0});
    EXPECT_EQ(take(3, 0, 1), Numbers{0});
    EXPECT_EQ(take(2, 2, 1), Numbers{2});
    EXPECT_EQ(sessions_.next(s(1)), p(1));
    EXPECT_EQ(sessions_.next(s(2)), p(3));
    EXPECT_EQ(sessions_.next(s(9)), p(0));
    EXPECT_EQ(sessions_.size(), 3u);
}

TEST_F(SessionsTest, TheirStateIsWhatTheyExpectNext) {
    take(1, 0, 2);
    take(2, 0, 1);
    Sessions other;
    other.take_all(joined({run_of(s(2), 0, {"x"}), run_of(s(1), 0, {"y"}), run_of(s(1), 1, {"z"})}));
    EXPECT_EQ(sessions_, other);
    StateHash one;
    StateHash two;
    one.add(sessions_);
    two.add(other);
    EXPECT_EQ(one.value(), two.value());
    other.take_all(run_of(s(2), 1, {"x"}));
    EXPECT_FALSE(sessions_ == other);
    StateHash three;
    three.add(other);
    EXPECT_NE(one.value(), three.value());
}

// Any interleaving, repeats and reorderings of runs: each piece once, in each session's order, and all of
// them when every run that was too early comes again.
TEST(SessionsProperty, EachPieceIsTakenOnceAndInItsSessionsOrder) {
    EXPECT_TRUE(rc::check([] {
        Sessions sessions;
        std::map<std::uint64_t, std::uint64_t> next;
        const auto runs =
            *rc::gen::container<std::vector<std::tuple<std::uint8_t, std::uint8_t, std::uint8_t>>>(
                rc::gen::tuple(rc::gen::inRange<std::uint8_t>(0, 4), rc::gen::inRange<std::uint8_t>(0, 12),
                               rc::gen::inRange<std::uint8_t>(1, 6)));
        const auto take = [&](std::uint64_t session, std::uint64_t first, std::uint64_t count) {
            const auto bytes = run_of(s(session), first, std::vector<std::string>(count, "equal"));
            const Sessions::Taken taken = sessions.take(read(bytes));
            for (std::uint32_t k = 0; k < taken.count; ++k) {
                RC_ASSERT(first + taken.skip + k == next[session]);
                ++next[session];
            }
            RC_ASSERT(taken.skip + taken.count <= count);
            RC_ASSERT(sessions.next(s(session)) == p(next[session]));
            // Nothing is held back that could be taken.
            RC_ASSERT(first > next[session] || first + count <= next[session]);
        };
        for (const auto& [session, first, count] : runs)
            take(session, first, count);
        for (std::uint64_t session = 0; session < 4; ++session) {
            for (std::uint64_t first = 0; first < 20; first += 3)
                take(session, first, 3);
            RC_ASSERT(next[session] == 21u);
        }
    }));
}

}  // namespace
}  // namespace synod::test

#include "synod/core/turns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "core/core_test.hpp"

namespace synod::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kCrowdOfTurns = 500;

class TurnsTest : public testing::Test {
protected:
    TurnsTest() { pass_on(); }

    // Whose turn it has become; and into told_, who else is told something.
    std::vector<SessionId> pass_on(std::uint64_t under_way = kCrowdOfTurns) {
        std::vector<SessionId> given;
        turns_.pass_on(
            now_, under_way, [&](SessionId session) { given.push_back(session); },
            [&](SessionId session) { return !undecided_.contains(session); });
        const auto others = std::stable_partition(given.begin(), given.end(),
                                                  [&](SessionId id) { return turns_.has_turn(id); });
        told_.assign(others, given.end());
        given.erase(others, given.end());
        return given;
    }
    void want(std::initializer_list<std::uint64_t> sessions) {
        for (const std::uint64_t n : sessions)
            turns_.want(s(n));
    }
    void use(std::uint64_t session, std::size_t bytes) {
        turns_.note_used(s(session), bytes);
        undecided_.insert(s(session));
    }
    void decide(std::uint64_t session) { undecided_.erase(s(session)); }

    std::set<SessionId> undecided_;
    std::vector<SessionId> told_;
    Time now_ = ms(100);
    Turns turns_{{.places = 2,
                  .bytes = 1000,
                  .time = milliseconds(20),
                  .idle = milliseconds(5),
                  .crowd_bytes = kCrowdOfTurns}};
};

TEST_F(TurnsTest, ThereAreSoManyPlacesAndWhoComesLaterWaits) {
    want({1, 2, 3});
    EXPECT_THAT(pass_on(), ElementsAre(s(1), s(2)));
    EXPECT_TRUE(turns_.has_turn(s(1)));
    EXPECT_FALSE(turns_.has_turn(s(3)));
    EXPECT_TRUE(turns_.must_wait(s(3)));
    EXPECT_FALSE(turns_.must_wait(s(1)));
    EXPECT_FALSE(turns_.must_wait(s(4))) << "it wants nothing";
    EXPECT_THAT(pass_on(), IsEmpty());
}

TEST_F(TurnsTest, ThePlacesAreSharedAmongThoseThereAreUntilSomebodyWaits) {
    want({1});
    pass_on();
    EXPECT_EQ(turns_.shares(), 1u);
    want({2, 3});
    pass_on();
    EXPECT_EQ(turns_.shares(), 2u);
}

TEST_F(TurnsTest, WhoHasHadItsBytesMakesPlaceOnceTheyAreDecidedAndGetsInLineAgain) {
    want({1, 2, 3});
    pass_on();
    use(1, 999);
    EXPECT_THAT(pass_on(), IsEmpty());
    use(1, 1);
    EXPECT_THAT(pass_on(), IsEmpty()) << "what it has under way holds its place";
    EXPECT_TRUE(turns_.must_wait(s(1)));
    decide(1);
    EXPECT_THAT(pass_on(), ElementsAre(s(3)));
    EXPECT_TRUE(turns_.must_wait(s(1)));
    use(3, 1000);
    decide(3);
    EXPECT_THAT(pass_on(), ElementsAre(s(1)));
    use(1, 1);
    decide(1);
    EXPECT_THAT(pass_on(), IsEmpty()) << "its next turn is a whole one";
}

TEST_F(TurnsTest, ALineIsServedInItsOrder) {
    want({1, 2, 3, 4, 5, 4});
    pass_on();
    for (const unsigned k : {1, 2}) {
        use(k, 1000);
        decide(k);
    }
    EXPECT_THAT(pass_on(), ElementsAre(s(3), s(4)));
    for (const unsigned k : {3, 4}) {
        use(k, 1000);
        decide(k);
    }
    EXPECT_THAT(pass_on(), ElementsAre(s(5), s(1)));
}

TEST_F(TurnsTest, WhileNobodyWaitsATurnIsAsLongAsItIsUsed) {
    want({1, 2});
    pass_on();
    for (int k = 0; k < 100; ++k) {
        now_ = now_ + milliseconds(10);
        use(1, 10'000);
        use(2, 10'000);
        EXPECT_THAT(pass_on(), IsEmpty());
        EXPECT_TRUE(turns_.has_turn(s(1)));
    }
    EXPECT_EQ(turns_.deadline(), kNever);
    want({3});
    EXPECT_THAT(pass_on(), IsEmpty());
    EXPECT_FALSE(turns_.has_turn(s(1))) << "then it is over at once";
    decide(1);
    EXPECT_THAT(pass_on(), ElementsAre(s(3)));
}

TEST_F(TurnsTest, WhoHasNothingToSayLosesItsPlace) {
    want({1, 2, 3});
    pass_on();
    use(1, 1);
    use(2, 1);
    pass_on();
    now_ = now_ + milliseconds(9);
    decide(1);
    EXPECT_THAT(pass_on(), ElementsAre(s(3))) << "9 ms after it was seen busy";
    EXPECT_THAT(told_, ElementsAre(s(1))) << "it may not be quiet for long";
    EXPECT_FALSE(turns_.must_wait(s(1)));
}

TEST_F(TurnsTest, WhatIsLongInBeingDecidedIsNotSilence) {
    want({1, 2, 3});
    pass_on();
    use(1, 1);
    use(2, 1);
    for (int k = 0; k < 19; ++k) {
        now_ = now_ + milliseconds(1);
        EXPECT_THAT(pass_on(), IsEmpty());
    }
    EXPECT_EQ(turns_.deadline(), ms(120));
}

TEST_F(TurnsTest, WhoUsesItsTurnSlowlyLosesItToo) {
    want({1, 2, 3});
    pass_on();
    for (int k = 0; k < 20; ++k) {
        EXPECT_THAT(pass_on(), IsEmpty());
        use(1, 1);
        use(2, 1);
        now_ = now_ + milliseconds(1);
    }
    decide(1);
    EXPECT_THAT(pass_on(), ElementsAre(s(3)));
    EXPECT_FALSE(turns_.must_wait(s(1))) << "what it needs every client has";
}

// The word that its turn has come may be lost.
TEST_F(TurnsTest, WhoDoesNotBeginItsTurnIsToldThatItHasPassedThoughNobodyWaits) {
    want({1});
    pass_on();
    EXPECT_EQ(turns_.deadline(), ms(120));
    now_ = turns_.deadline();
    EXPECT_THAT(pass_on(), IsEmpty());
    EXPECT_THAT(told_, ElementsAre(s(1)));
    EXPECT_FALSE(turns_.has_turn(s(1)));
    EXPECT_EQ(turns_.deadline(), kNever);
}

TEST_F(TurnsTest, APlaceThatIsNotUsedAnyMoreIsTakenBackInSilence) {
    want({1});
    pass_on();
    use(1, 10);
    decide(1);
    pass_on();
    now_ = turns_.deadline();
    EXPECT_EQ(now_, ms(105));
    pass_on();
    EXPECT_THAT(told_, IsEmpty());
    EXPECT_FALSE(turns_.has_turn(s(1)));
}

TEST_F(TurnsTest, NobodyWaitsWhileTheWindowIsFarFromFull) {
    now_ = ms(105);
    pass_on(kCrowdOfTurns - 1);
    want({1, 2, 3});
    EXPECT_THAT(pass_on(kCrowdOfTurns - 1), ElementsAre(s(1), s(2)));
    EXPECT_FALSE(turns_.must_wait(s(3)));
    pass_on(kCrowdOfTurns);
    EXPECT_TRUE(turns_.must_wait(s(3)));
}

// The window may be far from full because its clients are far away.
TEST_F(TurnsTest, EverybodyGetsATurnThoughItIsNeverCrowded) {
    now_ = ms(105);
    want({1, 2, 3});
    pass_on(0);
    std::set<SessionId> served;
    for (int k = 0; k < 100; ++k) {
        now_ = now_ + milliseconds(1);
        for (const unsigned n : {1, 2, 3}) {
            if (turns_.has_turn(s(n))) served.insert(s(n));
            k % 3 == 0 ? use(n, 1) : decide(n);
            EXPECT_FALSE(turns_.must_wait(s(n)));
        }
        want({1, 2, 3});
        pass_on(0);
    }
    EXPECT_THAT(served, ElementsAre(s(1), s(2), s(3)));
}

TEST_F(TurnsTest, WhoeverWaitsIsLetGoOnAFewAtATimeWhenItIsNotCrowdedAnyMore) {
    want({1, 2, 3, 4, 5});
    pass_on();
    use(1, 1);
    use(2, 1);
    pass_on();
    EXPECT_EQ(turns_.deadline(), ms(105));
    now_ = ms(104);
    pass_on(0);
    EXPECT_TRUE(turns_.must_wait(s(3))) << "it was a moment ago";
    now_ = ms(105);
    EXPECT_THAT(pass_on(0), IsEmpty());
    EXPECT_THAT(told_, ElementsAre(s(3), s(4)));
    EXPECT_FALSE(turns_.must_wait(s(3)));
    EXPECT_TRUE(turns_.must_wait(s(5))) << "all of them at once could send windows";
    EXPECT_EQ(turns_.deadline(), ms(106));
    pass_on(0);
    EXPECT_THAT(told_, IsEmpty());
    now_ = ms(106);
    pass_on(0);
    EXPECT_THAT(told_, ElementsAre(s(5)));
    EXPECT_GT(turns_.deadline(), now_);
}

TEST_F(TurnsTest, WhoWasLetGoOnWaitsAgainWhenItIsCrowdedAgain) {
    want({1, 2, 3});
    pass_on();
    use(1, 1);
    use(2, 1);
    now_ = ms(105);
    pass_on(0);
    EXPECT_FALSE(turns_.must_wait(s(3)));
    pass_on();
    EXPECT_TRUE(turns_.must_wait(s(3)));
    EXPECT_THAT(told_, IsEmpty()) << "its next acknowledgement says so";
}

// It may have been told to wait.
TEST_F(TurnsTest, WhoseTurnIsOverWhenItIsNotCrowdedAnyMoreIsToldSoAndDoesNotWait) {
    want({1, 2, 3, 4, 5, 6});
    pass_on();
    use(1, 1000);
    use(2, 1);
    pass_on();
    EXPECT_TRUE(turns_.must_wait(s(1)));
    now_ = ms(105);
    pass_on(0);
    EXPECT_FALSE(turns_.must_wait(s(1)));
    decide(1);
    EXPECT_THAT(pass_on(0), ElementsAre(s(3)));
    EXPECT_THAT(told_, ElementsAre(s(1)));
    EXPECT_FALSE(turns_.must_wait(s(1)));
}

}  // namespace
}  // namespace synod::test

#include "synod/core/turns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/core_test.hpp"

namespace synod::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class TurnsTest : public testing::Test {
protected:
    // Whose turn it has become; and into passed_, who has let it pass.
    std::vector<SessionId> pass_on() {
        std::vector<SessionId> told;
        turns_.pass_on(now_, [&](SessionId session) { told.push_back(session); });
        const auto has_lost = std::stable_partition(told.begin(), told.end(),
                                                    [&](SessionId id) { return turns_.has_place(id); });
        passed_.assign(has_lost, told.end());
        told.erase(has_lost, told.end());
        return told;
    }
    void want(std::initializer_list<std::uint64_t> sessions) {
        for (const std::uint64_t n : sessions)
            turns_.want(s(n));
    }
    void use(std::uint64_t session, std::size_t bytes) { turns_.used(s(session), bytes, now_); }

    std::vector<SessionId> passed_;
    Time now_ = ms(100);
    Turns turns_{{.places = 2, .bytes = 1000, .time = milliseconds(20), .idle = milliseconds(5)}};
};

TEST_F(TurnsTest, ThereAreSoManyPlacesAndWhoComesLaterWaits) {
    want({1, 2, 3});
    EXPECT_THAT(pass_on(), ElementsAre(s(1), s(2)));
    EXPECT_TRUE(turns_.has_place(s(1)));
    EXPECT_TRUE(turns_.has_place(s(2)));
    EXPECT_FALSE(turns_.has_place(s(3)));
    EXPECT_TRUE(turns_.waits(s(3)));
    EXPECT_FALSE(turns_.waits(s(1)));
    EXPECT_FALSE(turns_.waits(s(4))) << "it wants nothing";
    EXPECT_EQ(turns_.places_taken(), 2u);
    EXPECT_THAT(pass_on(), IsEmpty());
}

TEST_F(TurnsTest, WhoHasHadItsBytesMakesPlaceAndGetsInLineAgain) {
    want({1, 2, 3});
    pass_on();
    use(1, 999);
    EXPECT_THAT(pass_on(), IsEmpty());
    use(1, 1);
    EXPECT_THAT(pass_on(), ElementsAre(s(3)));
    EXPECT_TRUE(turns_.waits(s(1)));
    use(3, 1000);
    EXPECT_THAT(pass_on(), ElementsAre(s(1)));
    use(1, 1);
    EXPECT_THAT(pass_on(), IsEmpty()) << "its next turn is a whole one";
}

TEST_F(TurnsTest, ALineIsServedInItsOrder) {
    want({1, 2, 3, 4, 5, 4});
    pass_on();
    use(1, 1000);
    use(2, 1000);
    EXPECT_THAT(pass_on(), ElementsAre(s(3), s(4)));
    use(3, 1000);
    use(4, 1000);
    EXPECT_THAT(pass_on(), ElementsAre(s(5), s(1)));
}

TEST_F(TurnsTest, WhileNobodyWaitsATurnDoesNotEnd) {
    want({1, 2});
    pass_on();
    use(1, 100'000);
    now_ = now_ + milliseconds(1000);
    EXPECT_EQ(turns_.deadline(), kNever);
    EXPECT_THAT(pass_on(), IsEmpty());
    EXPECT_TRUE(turns_.has_place(s(1)));
    want({3});
    EXPECT_THAT(pass_on(), ElementsAre(s(3), s(1)))
        << "then the first has had its bytes, the second its time";
    EXPECT_FALSE(turns_.has_place(s(2)) || turns_.waits(s(2)));
}

TEST_F(TurnsTest, NobodysTurnEndsWhileThereIsAPlace) {
    want({1});
    pass_on();
    use(1, 100'000);
    want({2});
    EXPECT_THAT(pass_on(), ElementsAre(s(2)));
    EXPECT_TRUE(turns_.has_place(s(1)));
}

TEST_F(TurnsTest, WhoIsSilentLosesItsPlaceAndDoesNotWait) {
    want({1, 2, 3, 4});
    pass_on();
    now_ = now_ + milliseconds(4);
    use(2, 1);
    EXPECT_EQ(turns_.deadline(), ms(105));
    now_ = ms(105);
    EXPECT_THAT(pass_on(), ElementsAre(s(3)));
    EXPECT_FALSE(turns_.has_place(s(1)) || turns_.waits(s(1)));
    EXPECT_THAT(passed_, ElementsAre(s(1))) << "it may not know that it had one";
    EXPECT_EQ(turns_.deadline(), ms(109));
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
    EXPECT_THAT(pass_on(), ElementsAre(s(3)));
    EXPECT_FALSE(turns_.waits(s(1))) << "what it needs every client has";
    EXPECT_FALSE(turns_.waits(s(2)));
}

}  // namespace
}  // namespace synod::test

#include "synod/core/delivery.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

#include "core/core_test.hpp"

namespace synod::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class DeliveryTest : public testing::Test {
protected:
    // The values that a batch completes, as "session:value".
    std::vector<std::string> deliver(const std::vector<std::byte>& batch) {
        std::vector<std::string> values;
        delivery_.deliver(batch, [&](SessionId session, Bytes value) {
            values.push_back(std::to_string(session.high) + ":" + text(value));
        });
        return values;
    }
    Delivery delivery_;
};

TEST_F(DeliveryTest, EachPieceIsAValueUnlessMoreFollows) {
    EXPECT_THAT(deliver(run_of(s(1), 0, {"a", "", "b"})), ElementsAre("1:a", "1:", "1:b"));
}

// [One course system learned 1950 of 2000 values: the distinct ones.]
TEST_F(DeliveryTest, EqualValuesAreNoRepeats) {
    EXPECT_THAT(deliver(run_of(s(1), 0, {"a", "a"})), ElementsAre("1:a", "1:a"));
    EXPECT_THAT(deliver(run_of(s(1), 2, {"a"})), ElementsAre("1:a"));
    EXPECT_THAT(deliver(run_of(s(1), 2, {"a"})), IsEmpty());
    EXPECT_THAT(deliver(run_of(s(2), 0, {"a"})), ElementsAre("2:a"));
}

TEST_F(DeliveryTest, ANoOpDeliversNothing) {
    EXPECT_THAT(deliver({}), IsEmpty());
    EXPECT_EQ(delivery_, Delivery{});
}

TEST_F(DeliveryTest, AValueLargerThanABatchIsJoined) {
    EXPECT_THAT(deliver(run_of(s(1), 0, {"whole", "be"}, true)), ElementsAre("1:whole"));
    EXPECT_THAT(deliver(run_of(s(1), 2, {"gin"}, true)), IsEmpty());
    EXPECT_THAT(deliver(run_of(s(1), 3, {"end", "next"})), ElementsAre("1:beginend", "1:next"));
}

TEST_F(DeliveryTest, PiecesOfRepeatedRunsAreJoinedOnce) {
    deliver(run_of(s(1), 0, {"a", "b"}, true));
    EXPECT_THAT(deliver(run_of(s(1), 0, {"a", "b"}, true)), IsEmpty());
    EXPECT_THAT(deliver(run_of(s(1), 1, {"b"}, true)), IsEmpty());
    EXPECT_THAT(deliver(run_of(s(1), 2, {"c"})), ElementsAre("1:bc"));
}

TEST_F(DeliveryTest, OpenValuesOfSeveralSessionsDoNotMix) {
    deliver(run_of(s(1), 0, {"one-"}, true));
    deliver(run_of(s(2), 0, {"two-"}, true));
    EXPECT_THAT(deliver(run_of(s(3), 0, {"three"})), ElementsAre("3:three"));
    EXPECT_THAT(deliver(joined({run_of(s(2), 1, {"b"}), run_of(s(1), 1, {"a"})})),
                ElementsAre("2:two-b", "1:one-a"));
}

TEST_F(DeliveryTest, AJoinedValueHasNothingOfTheOneBefore) {
    deliver(run_of(s(1), 0, {"long beginning, "}, true));
    EXPECT_THAT(deliver(run_of(s(1), 1, {"long end"})), ElementsAre("1:long beginning, long end"));
    deliver(run_of(s(2), 0, {"a"}, true));
    EXPECT_THAT(deliver(run_of(s(2), 1, {"b"})), ElementsAre("2:ab"));
    Delivery other;
    other.deliver(joined({run_of(s(1), 0, {"x", "y"}), run_of(s(2), 0, {"x", "y"})}),
                  [](SessionId, Bytes) {});
    EXPECT_EQ(delivery_, other) << "the same sessions, and no value open";
}

TEST_F(DeliveryTest, AnEmptyEndEndsAValueToo) {
    deliver(run_of(s(1), 0, {"a"}, true));
    EXPECT_THAT(deliver(run_of(s(1), 1, {""})), ElementsAre("1:a"));
}

TEST_F(DeliveryTest, AValueTooLargeIsLeftOutAndTheNextOneIsNot) {
    const std::string piece(kPieceBytesMax, 'x');
    std::uint64_t number = 0;
    for (std::size_t bytes = 0; bytes <= kValueBytesMax; bytes += piece.size()) {
        ASSERT_THAT(deliver(run_of(s(1), number++, {piece}, true)), IsEmpty());
    }
    EXPECT_THAT(deliver(run_of(s(1), number++, {"end", "next"})), ElementsAre("1:next"));
    EXPECT_EQ(delivery_.sessions().next(s(1)), p(number + 1));
}

TEST_F(DeliveryTest, AValueJustNotTooLargeIsDelivered) {
    const std::string piece(1 << 15, 'x');
    std::uint64_t number = 0;
    for (std::size_t bytes = piece.size(); bytes < kValueBytesMax; bytes += piece.size()) {
        deliver(run_of(s(1), number++, {piece}, true));
    }
    const auto values = deliver(run_of(s(1), number, {piece}));
    ASSERT_EQ(values.size(), 1u);
    EXPECT_EQ(values[0].size(), kValueBytesMax + 2);
}

// However values are cut into pieces, pieces into runs and runs repeated, reordered and interleaved: what
// comes out are each session's values, each once, in order; and everybody who reads the same log takes the
// same.
TEST(DeliveryProperty, WholeValuesOnceEachInTheirSessionsOrder) {
    EXPECT_TRUE(rc::check([] {
        constexpr std::uint64_t kSessions = 3;
        std::map<std::uint64_t, std::vector<std::string>> values;
        std::vector<std::vector<std::byte>> log;
        for (std::uint64_t session = 0; session < kSessions; ++session) {
            std::uint64_t number = 0;
            for (const auto size :
                 *rc::gen::container<std::vector<std::uint8_t>>(rc::gen::inRange<std::uint8_t>(0, 9))) {
                std::string value(size, static_cast<char>('a' + number % 3));
                values[session].push_back(value);
                while (value.size() > 3) {
                    log.push_back(run_of(s(session), number++, {value.substr(0, 3)}, true));
                    value.erase(0, 3);
                }
                log.push_back(run_of(s(session), number++, {value}));
            }
        }
        Delivery one;
        Delivery two;
        std::map<std::uint64_t, std::vector<std::string>> delivered;
        const auto deliver = [&](const std::vector<std::byte>& batch) {
            one.deliver(batch, [&](SessionId session, Bytes value) {
                delivered[session.high].push_back(text(value));
            });
            two.deliver(batch, [](SessionId, Bytes) {});
            RC_ASSERT(one == two);
        };
        // In any order and with repeats, until all has come.
        for (const std::size_t k :
             *rc::gen::container<std::vector<std::size_t>>(rc::gen::arbitrary<std::size_t>())) {
            if (!log.empty()) deliver(log[k % log.size()]);
        }
        for (const auto& batch : log)
            deliver(batch);
        for (std::uint64_t session = 0; session < kSessions; ++session) {
            RC_ASSERT(delivered[session] == values[session]);
        }
        RC_ASSERT(one == two);
    }));
}

}  // namespace
}  // namespace synod::test

#include "synod/node/workload.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace synod::node {
namespace {

std::string value(ValueMaker& maker, std::uint64_t number) {
    std::vector<std::byte> bytes(maker.bytes());
    maker.write(number, bytes.data());
    return std::string(as_text(bytes));
}

TEST(ValueMaker, BeginsWithClientAndNumber) {
    ValueMaker maker(7, 64);
    EXPECT_EQ(value(maker, 0).substr(0, 5), "c7-0-");
    EXPECT_EQ(value(maker, 42).substr(0, 6), "c7-42-");
    EXPECT_EQ(value(maker, 43).size(), 64U);
}

TEST(ValueMaker, MakesTheSameValueHoweverItGetsThere) {
    ValueMaker steady(3, 64);
    for (std::uint64_t number = 0; number < 12'345; ++number) {
        ValueMaker fresh(3, 64);
        ASSERT_EQ(value(steady, number), value(fresh, number));
    }
    EXPECT_EQ(value(steady, 9), value(steady, 9));
}

TEST(ValueMaker, MakesDistinctValuesAsSoonAsTheBeginningFits) {
    std::set<std::string> seen;
    for (std::uint16_t client = 1; client <= 3; ++client) {
        ValueMaker maker(client, 8);  // c1-9999-
        for (std::uint64_t number = 0; number < 10'000; ++number)
            ASSERT_TRUE(seen.insert(value(maker, number)).second) << client << ' ' << number;
    }
}

TEST(ValueMaker, FallsBackToTheLastDigitsInSmallValues) {
    ValueMaker three(1, 3);
    EXPECT_EQ(value(three, 7), "007");
    EXPECT_EQ(value(three, 1234), "234");
    ValueMaker none(1, 0);
    EXPECT_EQ(value(none, 7), "");
    EXPECT_TRUE(none.is(7, {}));
}

TEST(ValueMaker, HasNoNewlineInAnyValue) {
    ValueMaker maker(65535, 4096);
    for (std::uint64_t number = 0; number < 3000; ++number)
        ASSERT_EQ(value(maker, number).find('\n'), std::string::npos);
}

TEST(ValueMaker, KnowsItsValuesAgain) {
    for (const std::size_t bytes : {0UL, 1UL, 5UL, 6UL, 7UL, 64UL, 1000UL}) {
        ValueMaker maker(1, bytes);
        ValueMaker judge(1, bytes);
        for (std::uint64_t number = 90; number < 1100; ++number)
            ASSERT_TRUE(judge.is(number, as_bytes(value(maker, number)))) << bytes << ' ' << number;
    }
}

TEST(ValueMaker, NoticesEveryWrongByte) {
    ValueMaker maker(1, 64);
    const std::string right = value(maker, 5);
    for (std::size_t i = 0; i < right.size(); ++i) {
        std::string wrong = right;
        wrong[i] = static_cast<char>(wrong[i] ^ 1);
        EXPECT_FALSE(maker.is(5, as_bytes(wrong))) << i;
    }
    EXPECT_FALSE(maker.is(5, as_bytes(right).first(63)));
    EXPECT_FALSE(maker.is(6, as_bytes(right)));
    EXPECT_FALSE(ValueMaker(2, 64).is(5, as_bytes(right)));
}

TEST(ValueMaker, NoticesTheTailOfAnotherValue) {
    ValueMaker maker(1, 2000);
    const std::string mixed = value(maker, 5).substr(0, 1000) + value(maker, 6).substr(1000);
    EXPECT_FALSE(maker.is(5, as_bytes(mixed)));
}

TEST(ValueMaker, ReadsTheNumberOfAValue) {
    ValueMaker maker(12, 64);
    EXPECT_EQ(maker.number_in(as_bytes(value(maker, 987))), 987U);
    EXPECT_EQ(maker.number_in(as_bytes("c12-3-whatever")), 3U);
    for (const char* text : {"", "c1", "c12", "c12-", "c12-x-", "c12-3", "c13-3-", "12-3-"})
        EXPECT_EQ(maker.number_in(as_bytes(text)), std::nullopt) << text;
}

}  // namespace
}  // namespace synod::node

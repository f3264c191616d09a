#include "synod/node/verifier.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace synod::node {
namespace {

using ::testing::HasSubstr;

// A verifier, and values of clients to deliver to it.
class Deliveries : public ::testing::Test {
protected:
    std::string value(std::uint16_t client, std::uint64_t number, std::size_t bytes = 64) {
        std::string text(bytes, ' ');
        ValueMaker(client, bytes).write(number, reinterpret_cast<std::byte*>(text.data()));
        return text;
    }
    std::uint64_t deliver(std::uint16_t client, std::uint64_t number) {
        return verifier_.deliver(client, as_bytes(value(client, number)));
    }
    FinalReport report() {
        FinalReport report;
        verifier_.fill(report);
        return report;
    }
    void expect_faults(std::uint64_t duplicated, std::uint64_t misordered, std::uint64_t corrupt) {
        EXPECT_EQ(report().duplicated, duplicated);
        EXPECT_EQ(report().misordered, misordered);
        EXPECT_EQ(report().corrupt, corrupt);
    }

    Verifier verifier_{Verifier::Values::generated};
};

TEST_F(Deliveries, InOrderOfEachClientAreRight) {
    EXPECT_EQ(deliver(1, 0), 0U);
    EXPECT_EQ(deliver(65535, 0), 0U);
    EXPECT_EQ(deliver(1, 1), 1U);
    EXPECT_EQ(deliver(1, 2), 2U);
    EXPECT_EQ(deliver(65535, 1), 1U);
    expect_faults(0, 0, 0);
    EXPECT_EQ(report().per_client, (std::map<std::uint16_t, std::uint64_t>{{1, 3}, {65535, 2}}));
    EXPECT_EQ(verifier_.first_fault(), "");
}

TEST_F(Deliveries, OfAValueTwiceAreCounted) {
    deliver(1, 0);
    deliver(1, 1);
    deliver(1, 0);
    deliver(1, 2);
    expect_faults(1, 0, 0);
    EXPECT_THAT(verifier_.first_fault(), HasSubstr("a value of client 1 comes again: expected number 2"));
}

TEST_F(Deliveries, WithAGapAreCountedOnce) {
    deliver(1, 0);
    deliver(1, 2);
    deliver(1, 3);
    expect_faults(0, 1, 0);
    EXPECT_THAT(verifier_.first_fault(), HasSubstr("comes too early: expected number 1"));
}

TEST_F(Deliveries, OfWrongBytesAreCounted) {
    deliver(1, 0);
    std::string wrong = value(1, 1);
    wrong.back() = '!';
    verifier_.deliver(1, as_bytes(wrong));
    verifier_.deliver(1, as_bytes("something else"));
    deliver(1, 3);
    expect_faults(0, 0, 2);
    EXPECT_THAT(verifier_.first_fault(), HasSubstr("has the wrong bytes: expected number 1"));
}

TEST_F(Deliveries, OfAnotherClientsValueAreWrong) {
    verifier_.deliver(1, as_bytes(value(2, 0)));
    expect_faults(0, 0, 1);
}

TEST_F(Deliveries, HashToTheSameOnlyInTheSameOrder) {
    const auto hash = [&](std::initializer_list<std::pair<std::uint16_t, std::uint64_t>> order) {
        Verifier verifier(Verifier::Values::any);
        for (const auto& [client, number] : order)
            verifier.deliver(client, as_bytes(value(client, number)));
        FinalReport report;
        verifier.fill(report);
        return report.hash;
    };
    EXPECT_EQ(hash({{1, 0}, {2, 0}}), hash({{1, 0}, {2, 0}}));
    EXPECT_NE(hash({{1, 0}, {2, 0}}), hash({{2, 0}, {1, 0}}));
    EXPECT_NE(hash({{1, 0}, {2, 0}}), hash({{1, 0}}));
    EXPECT_NE(hash({}), hash({{1, 0}}));
}

TEST_F(Deliveries, OfEmptyValuesLeaveATraceInTheHash) {
    const std::uint64_t before = report().hash;
    verifier_.deliver(1, {});
    EXPECT_NE(report().hash, before);
    EXPECT_EQ(report().per_client.at(1), 1U);
    expect_faults(0, 0, 0);
}

TEST_F(Deliveries, OfOtherThanGeneratedValuesAreOnlyCounted) {
    Verifier any(Verifier::Values::any);
    EXPECT_EQ(any.deliver(1, as_bytes("b")), 0U);
    EXPECT_EQ(any.deliver(1, as_bytes("b")), 1U);
    EXPECT_EQ(any.deliver(1, as_bytes("a")), 2U);
    EXPECT_EQ(any.first_fault(), "");
}

}  // namespace
}  // namespace synod::node

#include "synod/server/session.hpp"

#include <gtest/gtest.h>

#include "synod/member/value.hpp"

namespace synod::server {
namespace {

constexpr Connections::Ticket ticket(std::uint32_t place) {
    return {place, 0};
}

using Tickets = std::vector<std::optional<Connections::Ticket>>;

std::vector<std::byte> value(std::string_view operation) {
    std::vector<std::byte> bytes;
    bytes.reserve(operation.size() + member::kValueOverhead);
    member::encode({member::Value::Kind::command, {}, as_bytes(operation)}, bytes);
    return bytes;
}

class SessionTest : public testing::Test {
protected:
    Client client_{Client::Options{.session = {1, 2}, .buffer_bytes_max = 40'000}};
    Session session_{client_};
};

TEST_F(SessionTest, OperationsAreDecidedInTheOrderInWhichTheyWereSubmitted) {
    for (std::uint32_t k = 0; k < 3; ++k)
        session_.submit(ticket(k), "operation", {}, {});
    for (std::uint32_t k = 0; k < 3; ++k)
        EXPECT_EQ(session_.decided(), ticket(k));
}

TEST_F(SessionTest, AnOperationThatTheClientDoesNotTakeWholeLeavesNoRoomForOthers) {
    session_.submit(ticket(0), std::string(100'000, 'x'), {}, {});
    EXPECT_FALSE(session_.has_room());
    EXPECT_FALSE(session_.has_work());
}

TEST_F(SessionTest, AMarkIsDecidedInItsTurnAndNobodyWaitsForIt) {
    session_.submit(ticket(0), "operation", {}, {});
    session_.submit(std::nullopt, "mark", {}, {});
    session_.submit(ticket(1), "operation", {}, {});
    EXPECT_EQ(session_.decided(), ticket(0));
    EXPECT_EQ(session_.decided(), std::nullopt);
    EXPECT_EQ(session_.decided(), ticket(1));
}

TEST_F(SessionTest, WhatASnapshotCoversIsUnansweredAndTheRestIsStillAwaited) {
    session_.submit(ticket(0), "first", {}, {});
    session_.submit(ticket(1), std::string(20'000, 'x'), {}, {});
    const PieceNumber covered = client_.written_below();
    session_.submit(ticket(2), "third", {}, {});
    EXPECT_EQ(session_.skip_to(covered), (Tickets{ticket(0), ticket(1)}));
    EXPECT_EQ(session_.decided(), ticket(2));
}

TEST_F(SessionTest, AnOperationOfWhichASnapshotCoversAPartIsStillAwaited) {
    session_.submit(ticket(0), "first", {}, {});
    session_.submit(ticket(1), std::string(100'000, 'x'), {}, {});
    EXPECT_EQ(session_.skip_to(client_.written_below()), Tickets{ticket(0)});
    EXPECT_EQ(session_.decided(), ticket(1));
}

// What the log brings when all is well, and when somebody has forged runs of the session.
TEST_F(SessionTest, AValueThatIsNoneOfItsOperationsIsTold) {
    EXPECT_EQ(session_.place_of(value("forged")), std::nullopt);
    session_.submit(ticket(0), "operation", {}, {});
    EXPECT_EQ(session_.place_of(value("forged")), std::nullopt);
    EXPECT_EQ(session_.place_of(value("operation")), 0U);
}

TEST_F(SessionTest, AnOperationWhoseNumberAForgedOneTookIsLostAndTheNextFindsWhoAsked) {
    session_.submit(ticket(0), "first", {}, {});
    session_.submit(ticket(1), "second", {}, {});
    EXPECT_EQ(session_.place_of(value("second")), 1U);
    EXPECT_EQ(session_.decided(), ticket(0));
    EXPECT_EQ(session_.place_of(value("second")), 0U);
    EXPECT_EQ(session_.decided(), ticket(1));
}

TEST_F(SessionTest, WhatIsNotWrittenYetCannotHaveComeOutOfTheLog) {
    const std::string large(100'000, 'x');
    session_.submit(ticket(0), large, {}, {});
    EXPECT_EQ(session_.place_of(value(large)), std::nullopt);
}

}  // namespace
}  // namespace synod::server

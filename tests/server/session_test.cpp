#include "synod/server/session.hpp"

#include <gtest/gtest.h>

namespace synod::server {
namespace {

constexpr Connections::Ticket ticket(std::uint32_t place) {
    return {place, 0};
}

using Tickets = std::vector<std::optional<Connections::Ticket>>;

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

}  // namespace
}  // namespace synod::server

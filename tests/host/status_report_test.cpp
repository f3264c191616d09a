#include "synod/host/status_report.hpp"

#include <gtest/gtest.h>

namespace synod::host {
namespace {

constexpr Ballot kOfTheOther{Round{1}, ProposerId{1}, Incarnation{8}};
constexpr Sender kOther{Role::proposer, 1, Incarnation{8}, {}};

TEST(StatusReport, AProposerThatStandsDownDoesNotFollowABallotBelowItsOwn) {
    Proposer proposer({.id = ProposerId{2},
                       .incarnation = Incarnation{7},
                       .batch = {.bytes_max = 1000},
                       .admission = {},
                       .flow = {},
                       .leadership = {.oracle = Oracle::lowest_id},
                       .log = {.chunk_bytes = 4096},
                       .repair = {}},
                      Time{});
    Outbox outbox;
    const auto report = [&proposer] { return report_of(proposer, 1, {}); };
    Beacon beacon;
    beacon.reign.ballot = kOfTheOther;
    proposer.on(beacon, kOther, Time{}, outbox);
    ASSERT_EQ(report().heard, kOfTheOther);

    Time now;
    for (int steps = 0; proposer.is_following() && steps < 1000; ++steps)
        proposer.tick(now = now + milliseconds(100), outbox);
    ASSERT_GT(report().ballot, kOfTheOther);
    proposer.on(Ping{}, kOther, now, outbox);
    proposer.tick(now, outbox);
    ASSERT_EQ(report().ballot, Ballot{});
    EXPECT_EQ(report().heard, Ballot{});
}

}  // namespace
}  // namespace synod::host

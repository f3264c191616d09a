#include "synod/server/facts.hpp"

#include <gtest/gtest.h>

namespace synod::server {
namespace {

Proposer proposer_that_heard(std::uint16_t leader) {
    Proposer proposer({.id = ProposerId{1},
                       .incarnation = Incarnation{7},
                       .batch = {.bytes_max = 1000},
                       .admission = {},
                       .flow = {},
                       .leadership = {.oracle = Oracle::none},
                       .log = {.chunk_bytes = 4096},
                       .repair = {}},
                      Time{});
    Beacon beacon;
    beacon.reign.ballot = {Round{9}, ProposerId{leader}, Incarnation{8}};
    Outbox outbox;
    proposer.on(beacon, {Role::proposer, leader, Incarnation{8}, {}}, Time{}, outbox);
    return proposer;
}

TEST(Facts, NobodyLeadsWhoIsNoServer) {
    EXPECT_EQ(leader_of(proposer_that_heard(3), 3), 3);
    EXPECT_EQ(leader_of(proposer_that_heard(4), 3), 0);
    EXPECT_EQ(leader_of(proposer_that_heard(65535), 3), 0);
}

}  // namespace
}  // namespace synod::server

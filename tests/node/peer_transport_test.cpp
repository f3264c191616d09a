#include "synod/node/peer_transport.hpp"

#include <gtest/gtest.h>

#include "net/loopback.hpp"

namespace synod::node {
namespace {

using net::test::Datagram;
using net::test::network;
using net::test::pattern;
using net::test::receive;

class Peers : public ::testing::Test {
protected:
    std::vector<net::test::Arrived> arrived(net::Network& at, std::size_t count) {
        return receive(at, at.descriptors()[0], count);
    }

    net::Network self_ = network({});
    net::Network first_ = network({});
    net::Network second_ = network({});
    PeerTransport transport_{self_, {first_.local(), second_.local()}};
};

TEST_F(Peers, WhatIsForAGroupReachesEachOfTheOthersOnceAndOneselfNever) {
    const Datagram head = pattern(20, 1);
    const Datagram body = pattern(500, 2);
    for (const Role role : {Role::client, Role::proposer, Role::acceptor, Role::learner})
        transport_.send(Destination::to_group(role), head, body);
    transport_.flush();

    Datagram whole = head;
    whole.insert(whole.end(), body.begin(), body.end());
    for (net::Network* peer : {&first_, &second_}) {
        const auto here = arrived(*peer, 5);
        ASSERT_EQ(here.size(), 4U);
        for (const auto& each : here) {
            EXPECT_EQ(each.bytes, whole);
            EXPECT_EQ(each.from, self_.local());
        }
    }
    EXPECT_TRUE(arrived(self_, 1).empty());
}

TEST_F(Peers, WhatIsForOneProcessReachesItAlonePeerOrNot) {
    net::Network stranger = network({});
    const Datagram to_peer = pattern(10, 1);
    const Datagram to_stranger = pattern(10, 2);
    transport_.send(Destination::to_process(to_endpoint(second_.local())), to_peer, {});
    transport_.send(Destination::to_process(to_endpoint(stranger.local())), to_stranger, {});
    transport_.flush();

    const auto at_peer = arrived(second_, 1);
    ASSERT_EQ(at_peer.size(), 1U);
    EXPECT_EQ(at_peer[0].bytes, to_peer);
    const auto at_stranger = arrived(stranger, 1);
    ASSERT_EQ(at_stranger.size(), 1U);
    EXPECT_EQ(at_stranger[0].bytes, to_stranger);
    EXPECT_TRUE(arrived(first_, 1).empty());
}

TEST_F(Peers, WhatOneOfThemGetsInAFlushIsOneSendInTheOrderSent) {
    const std::vector<Datagram> datagrams{pattern(1000, 1), pattern(1000, 2), pattern(1000, 3)};
    transport_.send(Destination::to_group(Role::acceptor), datagrams[0], {});
    transport_.send(Destination::to_process(to_endpoint(first_.local())), datagrams[1], {});
    transport_.send(Destination::to_group(Role::learner), datagrams[2], {});
    transport_.flush();

    EXPECT_EQ(self_.sent().coalesced, 5U);  // three in one send, two in the other
    const auto here = arrived(first_, 3);
    ASSERT_EQ(here.size(), 3U);
    for (std::size_t k = 0; k < 3; ++k)
        EXPECT_EQ(here[k].bytes, datagrams[k]);
}

}  // namespace
}  // namespace synod::node

#include "synod/member/runtime_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace synod::member {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

void expect_refusal(const Configuration& configuration, const std::string& why) {
    EXPECT_THAT([&] { static_cast<void>(runtime_options(configuration)); },
                ThrowsMessage<std::invalid_argument>(HasSubstr(why)));
}

TEST(RuntimeOptions, AServersIdInTheProtocolIsItsPlaceAmongAll) {
    Configuration configuration;
    configuration.servers = {{30, "127.0.0.1:7003"}, {10, "127.0.0.1:7001"}, {20, "127.0.0.1:7002"}};
    configuration.sid = 20;
    const node::RuntimeOptions options = runtime_options(configuration);
    EXPECT_EQ(options.id, 2);
    EXPECT_EQ(options.acceptors, 3U);
    EXPECT_EQ(options.address.port, 7002);
    EXPECT_THAT(options.peers, ElementsAre(net::Address{0x7f000001, 7001}, net::Address{0x7f000001, 7003}));
    configuration.sid = 30;
    EXPECT_EQ(runtime_options(configuration).cluster, options.cluster);
}

TEST(RuntimeOptions, TheRunIsDrawnOnOneHostAndFixedOnSeveral) {
    Configuration configuration;
    configuration.servers = {{1, "127.0.0.1:7001"}, {2, "127.0.0.1:7002"}};
    configuration.sid = 1;
    EXPECT_EQ(runtime_options(configuration).run, std::nullopt);
    configuration.servers[1].address = "192.0.2.7:7002";  // nobody's, RFC 5737
    EXPECT_EQ(runtime_options(configuration).run, 1U);
    configuration.run = 5;
    EXPECT_EQ(runtime_options(configuration).run, 5U);
}

TEST(RuntimeOptions, ThoseWithAGroupAndThoseWithoutAreTwoClusters) {
    Configuration configuration;
    configuration.servers = {{1, "127.0.0.1:7001"}, {2, "127.0.0.1:7002"}};
    configuration.sid = 1;
    const node::RuntimeOptions unicast = runtime_options(configuration);
    EXPECT_EQ(unicast.group, std::nullopt);
    configuration.multicast = "239.255.7.1:7000";
    const node::RuntimeOptions multicast = runtime_options(configuration);
    EXPECT_EQ(multicast.group, (net::Address{0xefff0701, 7000}));
    EXPECT_NE(multicast.cluster, unicast.cluster);
}

TEST(RuntimeOptions, WhatCannotBeIsRefusedWithItsPlace) {
    Configuration configuration;
    configuration.sid = 1;
    expect_refusal(configuration, "servers: 1 to 15");
    configuration.servers = {{1, "127.0.0.1:7001"}, {2, "localhost"}};
    expect_refusal(configuration, "servers[1].address: 'localhost'");
    configuration.servers[1] = {2, "127.0.0.1:7001"};
    expect_refusal(configuration, "servers[1].address: 127.0.0.1:7001 is that of servers[0]");
    configuration.servers[1] = {1, "127.0.0.1:7002"};
    expect_refusal(configuration, "servers[1].sid: 1 is that of servers[0]");
    configuration.servers[1] = {2, "127.0.0.1:7002"};
    configuration.sid = 3;
    expect_refusal(configuration, "sid: no server has the id 3");
    configuration.sid = 2;
    configuration.multicast = "127.0.0.1:7000";
    expect_refusal(configuration, "multicast: '127.0.0.1:7000' is no multicast group");
    configuration.multicast = "";
    configuration.run = 0;
    expect_refusal(configuration, "run: ");
    configuration.run = 1;
    configuration.history_bytes = (1 << 20) - 1;
    expect_refusal(configuration, "history_bytes: 1048575 are too few");
    configuration.history_bytes = 1 << 20;
    configuration.receive_buffer_bytes = 0;
    expect_refusal(configuration, "receive_buffer_bytes: 65536 to 536870912, not 0");
}

}  // namespace
}  // namespace synod::member

#include "synod/net/interface.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <net/if.h>

#include "synod/net/error.hpp"

namespace synod::net::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(Interface, LoopbackIsThere) {
    const Interface lo = resolve_interface("lo");
    EXPECT_EQ(lo.name, "lo");
    EXPECT_EQ(lo.ip, 0x7f000001U);
    EXPECT_EQ(lo.index, if_nametoindex("lo"));
    EXPECT_GE(lo.mtu, 1500U);
}

TEST(Interface, OneThatDoesNotExistIsNamedWithAWayOut) {
    for (const char* name : {"nonesuch0", "", "a-name-that-is-too-long-for-any"}) {
        EXPECT_THAT([&] { static_cast<void>(resolve_interface(name)); },
                    ThrowsMessage<Error>(
                        AllOf(HasSubstr(name), HasSubstr("does not exist"), HasSubstr("ip -brief link"))));
    }
}

TEST(Interface, TheOneThatHasAnAddressIsFound) {
    EXPECT_EQ(interface_of(0x7f000001), "lo");
    EXPECT_EQ(interface_of(0x7f000002), "lo");
    EXPECT_TRUE(is_of_this_host(0x7f000002));
    EXPECT_FALSE(is_of_this_host(0xc0000207));
}

TEST(Interface, TheOneThatLeadsToAnAddressIsFound) {
    EXPECT_EQ(interface_towards({0x7f000001, 7001}), "lo");
}

TEST(Interface, AnAddressThatThisHostLacksIsNamedWithAWayOut) {
    EXPECT_THAT([] { static_cast<void>(interface_of(0xc0000207)); },  // kept for examples, RFC 5737
                ThrowsMessage<Error>(AllOf(HasSubstr("192.0.2.7"), HasSubstr("ip -brief address"))));
}

}  // namespace
}  // namespace synod::net::test

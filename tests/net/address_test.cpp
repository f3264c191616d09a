#include "synod/net/address.hpp"

#include <gtest/gtest.h>

namespace synod::net::test {
namespace {

TEST(Address, TextAndBack) {
    const Address group{0xefff0105, 7000};
    EXPECT_EQ(to_string(group), "239.255.1.5:7000");
    EXPECT_EQ(parse_address("239.255.1.5:7000"), group);
    EXPECT_EQ(from_sockaddr(to_sockaddr(group)), group);
    EXPECT_EQ(ip_text(0x7f000001), "127.0.0.1");
}

TEST(Address, NonsenseIsNotAnAddress) {
    for (const char* text : {"", ":", "1.2.3.4", "1.2.3.4:", "1.2.3:5", "1.2.3.4:65536", "1.2.3.4:-1",
                             "1.2.3.4:5x", "1.2.3.256:5", "host:5"}) {
        EXPECT_FALSE(parse_address(text)) << text;
    }
}

TEST(Address, MulticastIsTheClassDRange) {
    EXPECT_TRUE(parse_address("224.0.0.1:1")->is_multicast());
    EXPECT_TRUE(parse_address("239.255.255.255:1")->is_multicast());
    EXPECT_FALSE(parse_address("223.255.255.255:1")->is_multicast());
    EXPECT_FALSE(parse_address("240.0.0.0:1")->is_multicast());
}

}  // namespace
}  // namespace synod::net::test

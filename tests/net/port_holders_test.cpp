#include "synod/net/port_holders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "synod/net/interface.hpp"
#include "synod/net/probe.hpp"
#include "synod/net/socket.hpp"

namespace synod::net {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kTable =
    "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref "
    "pointer drops\n"
    "  409: 030201EF:1389 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 81234 2 "
    "0000 0\n"
    "  410: 00000000:138A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 81235 2 "
    "0000 0\n"
    "garbage\n";

TEST(PortHolders, AreReadFromTheKernelsTable) {
    EXPECT_THAT(sockets_at(5001, kTable), ElementsAre(BoundSocket{{0xef010203, 5001}, 81234}));
    EXPECT_THAT(sockets_at(5002, kTable), ElementsAre(BoundSocket{{0, 5002}, 81235}));
    EXPECT_THAT(sockets_at(5003, kTable), IsEmpty());
    EXPECT_THAT(sockets_at(5001, ""), IsEmpty());
}

TEST(PortHolders, AreFoundByTheirDescriptors) {
    const Socket socket = open_unicast(resolve_interface("lo"), 1);
    const auto holders = holders_of(socket.local().port);
    ASSERT_THAT(holders, SizeIs(1));
    EXPECT_EQ(holders[0].pid, getpid());
    EXPECT_EQ(holders[0].local, socket.local());
    EXPECT_THAT(holders[0].command, HasSubstr("net_test"));
}

TEST(Probe, ReachesMembersAndProcessesOnLoopback) {
    const Interface lo = resolve_interface("lo");
    EXPECT_TRUE(reaches_members(lo, {0xef01021f, open_unicast(lo, 1).local().port}, 1000));
    EXPECT_TRUE(reaches_process(lo, 1000));
}

TEST(Probe, DescribesInterfacesThatCannotBeUsed) {
    const InterfaceState lo = inspect_interface("lo");
    EXPECT_TRUE(lo.exists && lo.up && lo.loopback);
    EXPECT_EQ(lo.ip, 0x7f000001U);
    EXPECT_FALSE(inspect_interface("nosuch0").exists);
    EXPECT_FALSE(inspect_interface("").exists);
    EXPECT_FALSE(inspect_interface("averyveryverylongname").exists);
}

}  // namespace
}  // namespace synod::net

#include "synod/net/sender.hpp"

#include <gtest/gtest.h>

#include "net/loopback.hpp"

namespace synod::net::test {
namespace {

TEST(Sender, LosesNothingWhenTheKernelRefusesSegmentation) {
    const Address group = free_group();
    Network receiver = network({group});
    // Datagrams without checksums are not segmented: the kernel says EINVAL.
    const Socket socket = open_unicast(resolve_interface("lo"), 1);
    const int on = 1;
    ASSERT_EQ(setsockopt(socket.fd(), SOL_SOCKET, SO_NO_CHECK, &on, sizeof on), 0);
    Sender sender(socket.fd(), true, 65'536);
    const Datagram small = pattern(60, 3);
    std::vector<Datagram> sent;
    for (unsigned k = 0; k < 20; ++k)
        sent.push_back(pattern(1400, k));
    sender.queue(group, small, {});
    for (const Datagram& datagram : sent)
        sender.queue(group, datagram, {});
    sender.flush();
    EXPECT_FALSE(sender.coalesces());
    EXPECT_EQ(sender.counters().datagrams, 21U);
    EXPECT_EQ(sender.counters().coalesced, 0U);
    EXPECT_EQ(sender.counters().dropped, 0U);

    const auto arrived = receive(receiver, receiver.descriptors()[1], 21);
    ASSERT_EQ(arrived.size(), 21U);
    EXPECT_EQ(arrived[0].bytes, small);
    for (std::size_t k = 0; k < sent.size(); ++k)
        EXPECT_EQ(arrived[k + 1].bytes, sent[k]);
}

TEST(Sender, DatagramsLargerThanThePathGoAlone) {
    const Address group = free_group();
    Network receiver = network({group});
    const Socket socket = open_unicast(resolve_interface("lo"), 1);
    Sender sender(socket.fd(), true, 1500);
    const Datagram fits = pattern(1472, 1);
    const Datagram does_not = pattern(1473, 2);
    for (int k = 0; k < 2; ++k)
        sender.queue(group, fits, {});
    for (int k = 0; k < 2; ++k)
        sender.queue(group, does_not, {});
    sender.flush();
    EXPECT_EQ(sender.counters().coalesced, 2U);
    EXPECT_TRUE(sender.coalesces());
    EXPECT_EQ(receive(receiver, receiver.descriptors()[1], 4).size(), 4U);
}

TEST(Sender, FlushesNothingWhenNothingIsQueued) {
    const Socket socket = open_unicast(resolve_interface("lo"), 1);
    Sender sender(socket.fd(), true, 65'536);
    sender.flush();
    EXPECT_EQ(sender.counters().calls, 0U);
}

}  // namespace
}  // namespace synod::net::test

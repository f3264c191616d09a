#include "synod/net/network.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "net/loopback.hpp"
#include "synod/net/error.hpp"

namespace synod::net::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(Network, ADatagramToAGroupReachesEveryMember) {
    const Address group = free_group();
    Network sender = network({});
    Network first = network({group});
    Network second = network({group});
    const Datagram head = pattern(48, 1);
    const Datagram body = pattern(1000, 2);
    sender.queue(group, head, body);
    sender.flush();

    Datagram whole = head;
    whole.insert(whole.end(), body.begin(), body.end());
    for (Network* member : {&first, &second}) {
        const auto arrived = receive(*member, member->descriptors()[1], 1);
        ASSERT_EQ(arrived.size(), 1U);
        EXPECT_EQ(arrived[0].bytes, whole);
        EXPECT_EQ(arrived[0].from, sender.local());
    }
}

TEST(Network, ADatagramToAProcessReachesItAlone) {
    const Address group = free_group();
    Network sender = network({group});
    Network receiver = network({group});
    const Datagram datagram = pattern(10, 1);
    sender.queue(receiver.local(), datagram);
    sender.flush();
    const auto arrived = receive(receiver, receiver.descriptors()[0], 1);
    ASSERT_EQ(arrived.size(), 1U);
    EXPECT_EQ(arrived[0].from, sender.local());
    EXPECT_TRUE(receive(sender, sender.descriptors()[0], 1).empty());
    EXPECT_TRUE(receive(sender, sender.descriptors()[1], 1).empty());
}

TEST(Network, AGroupsSocketHearsNoOtherGroup) {
    const Address group = free_group();
    const Address other{group.ip + 1, group.port};  // the same port
    Network sender = network({});
    Network receiver = network({group, other});
    const Datagram datagram = pattern(10, 1);
    sender.queue(other, datagram);
    sender.flush();
    EXPECT_EQ(receive(receiver, receiver.descriptors()[2], 1).size(), 1U);
    EXPECT_TRUE(receive(receiver, receiver.descriptors()[1], 1).empty());
}

// Sizes as they come in a run: requests, batches nearly full, full ones, and large ones.
std::vector<std::size_t> mixed_sizes() {
    std::vector<std::size_t> sizes = {60, 60, 61, 1400, 1399, 1100, 1400, 700, 60'000, 1, 30'000, 32'400};
    sizes.insert(sizes.end(), 100, 1400);
    sizes.insert(sizes.end(), {200, 65'507, 9000, 9000, 9000, 8000, 8500, 9000, 9000, 90});
    return sizes;
}

void expect_same_boundaries(bool sender_offload, bool receiver_offload) {
    const Address group = free_group();
    Network sender = network({}, sender_offload);
    Network receiver = network({group}, receiver_offload);
    std::vector<Datagram> sent;
    for (const std::size_t size : mixed_sizes()) {
        sent.push_back(pattern(size, static_cast<unsigned>(sent.size())));
    }
    for (const Datagram& datagram : sent) {
        const std::size_t head = std::min<std::size_t>(48, datagram.size());
        sender.queue(group, std::span(datagram).first(head), std::span(datagram).subspan(head));
    }
    sender.flush();
    EXPECT_EQ(sender.sent().datagrams, sent.size());
    EXPECT_EQ(sender.sent().dropped, 0U);

    const auto arrived = receive(receiver, receiver.descriptors()[1], sent.size());
    ASSERT_EQ(arrived.size(), sent.size());
    for (std::size_t k = 0; k < sent.size(); ++k) {
        EXPECT_TRUE(is_padded(arrived[k].bytes, sent[k])) << k;
        if (!sender_offload) {
            EXPECT_EQ(arrived[k].bytes.size(), sent[k].size()) << k;
        }
    }
    EXPECT_EQ(receiver.received().datagrams, sent.size());
    EXPECT_EQ(receiver.received().truncated, 0U);
}

TEST(Network, OffloadKeepsEveryDatagramAndItsBounds) {
    expect_same_boundaries(true, true);
}
TEST(Network, WithoutOffloadEveryDatagramArrivesTheSame) {
    expect_same_boundaries(false, false);
}
TEST(Network, OffloadAtOneEndOnlyIsEnough) {
    expect_same_boundaries(true, false);
    expect_same_boundaries(false, true);
}

TEST(Network, EqualDatagramsTravelTogetherWithOffload) {
    const Address group = free_group();
    Network sender = network({});
    Network receiver = network({group});
    const Datagram datagram = pattern(1400, 1);
    for (int k = 0; k < 40; ++k)
        sender.queue(group, datagram);
    sender.flush();
    EXPECT_EQ(sender.sent().coalesced, 40U);
    EXPECT_EQ(sender.sent().calls, 1U);
    EXPECT_EQ(receive(receiver, receiver.descriptors()[1], 40).size(), 40U);
    EXPECT_EQ(receiver.received().buffers, 1U);
}

TEST(Network, DatagramsForDifferentDestinationsDoNotMix) {
    const Address group = free_group();
    Network sender = network({});
    Network receiver = network({group});
    const Datagram to_group = pattern(500, 1);
    const Datagram to_process = pattern(500, 2);
    for (int k = 0; k < 20; ++k) {
        sender.queue(group, to_group);
        sender.queue(receiver.local(), to_process);
    }
    sender.flush();
    for (const Arrived& a : receive(receiver, receiver.descriptors()[1], 20))
        EXPECT_EQ(a.bytes, to_group);
    for (const Arrived& a : receive(receiver, receiver.descriptors()[0], 20))
        EXPECT_EQ(a.bytes, to_process);
    EXPECT_EQ(receiver.received().datagrams, 40U);
}

TEST(Network, ManyMoreThanOneSystemCallTakesAreAllSent) {
    const Address group = free_group();
    Network sender = network({}, false);
    Network receiver = network({group});
    const Datagram datagram = pattern(20, 1);
    for (int k = 0; k < 3000; ++k)
        sender.queue(group, datagram);
    sender.flush();
    EXPECT_EQ(sender.sent().datagrams, 3000U);
    EXPECT_GE(sender.sent().calls, 3U);
    EXPECT_EQ(receive(receiver, receiver.descriptors()[1], 3000).size(), 3000U);
}

TEST(Network, DrainStopsAtTheNumberOfBuffersAskedFor) {
    const Address group = free_group();
    Network sender = network({}, false);
    Network receiver = network({group});
    const Datagram datagram = pattern(20, 1);
    for (int k = 0; k < 50; ++k)
        sender.queue(group, datagram);
    sender.flush();
    std::size_t count = 0;
    const auto each = [&count](std::span<const std::byte>, Address) { ++count; };
    EXPECT_EQ(receiver.drain(receiver.descriptors()[1], 20, each), 20U);
    EXPECT_EQ(count, 20U);
    EXPECT_EQ(receiver.drain(receiver.descriptors()[1], 64, each), 30U);
    EXPECT_EQ(receiver.drain(receiver.descriptors()[1], 64, each), 0U);
    EXPECT_EQ(count, 50U);
}

TEST(Network, WhatOverflowsTheReceiveBufferIsCounted) {
    const Address group = free_group();
    Network sender = network({}, false);
    NetworkOptions options;
    options.groups = {group};
    options.receive_buffer_bytes = 1;  // what the kernel gives anyway
    Network receiver(options);
    const Datagram datagram = pattern(1400, 1);
    for (int k = 0; k < 2000; ++k)
        sender.queue(group, datagram);
    sender.flush();
    const auto first = receive(receiver, receiver.descriptors()[1], 2000);
    ASSERT_LT(first.size(), 2000U);
    sender.queue(group, datagram);  // tells of those lost before it
    sender.flush();
    EXPECT_EQ(receive(receiver, receiver.descriptors()[1], 1).size(), 1U);
    EXPECT_EQ(first.size() + receiver.received().overflowed, 2000U);

    sender.queue(group, datagram);  // nothing more was lost
    sender.flush();
    EXPECT_EQ(receive(receiver, receiver.descriptors()[1], 1).size(), 1U);
    EXPECT_EQ(first.size() + receiver.received().overflowed, 2000U);
}

TEST(Network, BuffersThatFallShortAreWarnedOf) {
    NetworkOptions options;
    EXPECT_EQ(Network(options).warning(), "");
    options.receive_buffer_bytes = std::size_t{3} << 29;  // more than the kernel gives to anybody
    const Network network(options);
    EXPECT_LT(network.receive_buffer_bytes(), options.receive_buffer_bytes);
    EXPECT_GT(network.receive_buffer_bytes(), 0U);
    EXPECT_THAT(network.warning(), HasSubstr("sysctl -w net.core.rmem_max=1610612736"));
}

TEST(Network, ASendThatTheKernelRefusesIsCountedAndTheRestGoesOn) {
    const Address group = free_group();
    Network sender = network({});
    Network receiver = network({group});
    const Datagram too_large(65'508);
    const Datagram datagram = pattern(100, 1);
    sender.queue(group, datagram);
    sender.queue(group, too_large);
    sender.queue(group, datagram);
    sender.flush();
    EXPECT_EQ(sender.sent().dropped, 1U);
    EXPECT_EQ(sender.sent().last_error, EMSGSIZE);
    EXPECT_EQ(receive(receiver, receiver.descriptors()[1], 2).size(), 2U);
}

TEST(Network, ADestinationThatIsGoneDoesNoHarm) {
    Address gone;
    { gone = network({}).local(); }
    Network sender = network({});
    Network receiver = network({});
    const Datagram datagram = pattern(100, 1);
    for (int k = 0; k < 5; ++k) {
        sender.queue(gone, datagram);
        sender.queue(receiver.local(), datagram);
        sender.flush();
    }
    EXPECT_EQ(receive(receiver, receiver.descriptors()[0], 5).size(), 5U);
    EXPECT_EQ(sender.sent().dropped, 0U);
}

TEST(Network, SendsMulticastThroughLoopbackOnly) {
    const Network network = test::network({free_group()});
    const int fd = network.descriptors()[0];
    in_addr interface {};
    socklen_t length = sizeof interface;
    ASSERT_EQ(getsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &interface, &length), 0);
    EXPECT_EQ(ntohl(interface.s_addr), 0x7f000001U);
    int ttl = 0;
    length = sizeof ttl;
    ASSERT_EQ(getsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, &length), 0);
    EXPECT_EQ(ttl, 1);
    int loop = 0;
    length = sizeof loop;
    ASSERT_EQ(getsockopt(fd, IPPROTO_IP, IP_MULTICAST_LOOP, &loop, &length), 0);
    EXPECT_EQ(loop, 1);
    EXPECT_EQ(network.local().ip, 0x7f000001U);
    EXPECT_NE(network.local().port, 0);
}

TEST(Network, DescriptorsDoNotBlockAndAreNotInherited) {
    const Network network = test::network({free_group()});
    ASSERT_EQ(network.descriptors().size(), 2U);
    for (const int fd : network.descriptors()) {
        EXPECT_NE(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
        EXPECT_NE(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
    }
}

TEST(Network, OneThatIsToldItsAddressIsThereAndNoOtherCanBe) {
    NetworkOptions options;
    options.local = Address{0x7f000002, network({}).local().port};
    Network holder(options);
    EXPECT_EQ(holder.local(), *options.local);

    EXPECT_THAT([&] { Network{options}; }, ThrowsMessage<InUse>(HasSubstr(to_string(*options.local))));

    Network sender = network({});
    const Datagram datagram = pattern(10, 1);
    sender.queue(*options.local, datagram);
    sender.flush();
    EXPECT_EQ(receive(holder, holder.descriptors()[0], 1).size(), 1U);
}

TEST(Network, APortHeldByAnotherProgramIsNamed) {
    const Address group = free_group();
    const Socket holder;  // without SO_REUSEADDR
    const sockaddr_in address = to_sockaddr(group);
    ASSERT_EQ(bind(holder.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_THAT([&] { network({group}); },
                ThrowsMessage<InUse>(AllOf(HasSubstr(to_string(group)), HasSubstr("another program"))));
}

TEST(Network, AnAddressThatIsNoGroupIsRefused) {
    EXPECT_THAT([] { network({*parse_address("10.0.0.1:7000")}); },
                ThrowsMessage<Error>(AllOf(HasSubstr("10.0.0.1:7000"), HasSubstr("not a multicast group"))));
}

}  // namespace
}  // namespace synod::net::test

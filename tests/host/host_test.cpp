#include "synod/host/host.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace synod::host {
namespace {

constexpr std::uint64_t kCluster = 1;
constexpr std::uint64_t kRun = 2;
constexpr Endpoint kSomebody{0x7f000001, 4000};

// Counts what waits to be handed over.
class CountingTransport : public Transport {
public:
    void send(Destination, Bytes head, Bytes body) override {
        waiting_ += head.size() + body.size();
        sent_ += head.size() + body.size();
        most_waiting_ = std::max(most_waiting_, waiting_);
    }
    void flush() override { waiting_ = 0; }

    [[nodiscard]] std::size_t sent() const { return sent_; }
    [[nodiscard]] std::size_t waiting() const { return waiting_; }
    [[nodiscard]] std::size_t most_waiting() const { return most_waiting_; }

private:
    std::size_t sent_ = 0;
    std::size_t waiting_ = 0;
    std::size_t most_waiting_ = 0;
};

std::vector<std::byte> datagram(Role role, const Message& message) {
    wire::Encoder encoder({kCluster, kRun, role, 1, Incarnation{7}});
    wire::Scratch scratch;
    const wire::Encoded encoded = encoder.encode(message, scratch);
    std::vector<std::byte> bytes(encoded.head.begin(), encoded.head.end());
    bytes.insert(bytes.end(), encoded.body.begin(), encoded.body.end());
    return bytes;
}

TEST(Host, AFloodOfSmallQuestionsWithLargeAnswersTakesNoMemory) {
    CountingTransport transport;
    Host host({.cluster = kCluster, .run = kRun, .acceptors = 3, .incarnation = Incarnation{9}}, transport,
              nullptr);
    host.add(Acceptor::Options{.id = AcceptorId{1}, .incarnation = Incarnation{9}});
    const std::vector<std::byte> batch(10'000, std::byte{1});
    const Reign reign{Ballot{Round{1}, ProposerId{1}, Incarnation{7}}, InstanceId{}, InstanceId{}};
    for (std::uint64_t i = 0; i < 100; ++i)
        host.receive(datagram(Role::proposer, Accept{reign, InstanceId{i}, batch}), kSomebody, Time{});

    RepairRequest everything{.budget_bytes = 1 << 20, .wanted = {}};
    everything.wanted.add({InstanceId{}, kInstanceEnd});
    const auto question = datagram(Role::learner, everything);
    for (int k = 0; k < 100; ++k)
        host.receive(question, kSomebody, Time{});

    EXPECT_GT(transport.sent(), 90U << 20);
    EXPECT_LT(transport.most_waiting(), 4U << 20);
    host.flush(Time{});
    EXPECT_EQ(transport.waiting(), 0U);
}

// A Taken that answers another life's Hello, or none at all.
TEST(Host, OnlyAnAnswerToItsOwnHelloTellsAProcessThatItsNameIsTaken) {
    CountingTransport transport;
    Host host({.cluster = kCluster, .run = kRun, .acceptors = 3, .incarnation = Incarnation{9}}, transport,
              nullptr);
    host.add(Acceptor::Options{.id = AcceptorId{1}, .incarnation = Incarnation{9}});
    host.start(Time{});

    host.receive(datagram(Role::acceptor, Taken{Incarnation{8}, 4711}), kSomebody, Time{});
    EXPECT_FALSE(host.taken_by());

    host.receive(datagram(Role::acceptor, Taken{Incarnation{9}, 4711}), kSomebody, Time{});
    ASSERT_TRUE(host.taken_by());
    EXPECT_EQ(host.taken_by()->pid, 4711U);
}

}  // namespace
}  // namespace synod::host

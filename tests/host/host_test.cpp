#include "synod/host/host.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "synod/core/delivery.hpp"

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

TEST(Host, TellsAProberHowItsRolesAreButNotTooOften) {
    CountingTransport transport;
    Host host({.cluster = kCluster, .run = kRun, .acceptors = 3, .incarnation = Incarnation{9}}, transport,
              nullptr);
    host.add(Acceptor::Options{.id = AcceptorId{1}, .incarnation = Incarnation{9}});
    const auto request = datagram(Role::client, StatusRequest{1});
    const Time asked{5'000'000'000};
    host.receive(request, kSomebody, asked);
    const std::size_t once = transport.sent();
    EXPECT_GT(once, 0U);
    EXPECT_LE(once, request.size());
    for (int k = 0; k < 10; ++k)
        host.receive(request, kSomebody, asked + milliseconds(static_cast<std::uint64_t>(k)));
    EXPECT_EQ(transport.sent(), once);
    host.receive(request, kSomebody, asked + milliseconds(10));
    EXPECT_EQ(transport.sent(), 2 * once);
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

// Servers of several roles each, on a network that gives everything to everybody, to the sender as well.
class Servers : public ::testing::Test {
protected:
    static constexpr unsigned kServers = 3;

    struct Datagram {
        std::vector<std::byte> bytes;
        Endpoint from;
        Destination to;
    };
    class Wire : public Transport {
    public:
        Wire(std::vector<Datagram>& sent, Endpoint self) : sent_(sent), self_(self) {}
        void send(Destination to, Bytes head, Bytes body) override {
            std::vector<std::byte> bytes(head.begin(), head.end());
            bytes.insert(bytes.end(), body.begin(), body.end());
            sent_.push_back({std::move(bytes), self_, to});
        }
        void flush() override {}

    private:
        std::vector<Datagram>& sent_;
        Endpoint self_;
    };
    struct Output : DeliverySink {
        void deliver(InstanceId, Bytes batch) override {
            delivery.deliver(batch, [this](SessionId, Bytes value) {
                values.emplace_back(reinterpret_cast<const char*>(value.data()), value.size());
            });
        }
        Delivery delivery;
        std::vector<std::string> values;
    };
    struct Server {
        Server(std::vector<Datagram>& sent, Endpoint self, const Host::Options& options)
            : wire(sent, self), host(options, wire, &output) {}
        Wire wire;
        Output output;
        Host host;
    };

    static Endpoint endpoint(unsigned server) { return {server, 1000}; }

    void start(unsigned servers) {
        for (unsigned s = 1; s <= servers; ++s) {
            const Incarnation incarnation{100 + s};
            const auto id = static_cast<std::uint16_t>(s);
            servers_.push_back(std::make_unique<Server>(
                sent_, endpoint(s),
                Host::Options{
                    .cluster = kCluster, .run = kRun, .acceptors = servers, .incarnation = incarnation}));
            Host& host = servers_.back()->host;
            host.add(Acceptor::Options{.id = AcceptorId{id}, .incarnation = incarnation});
            host.add(
                Proposer::Options{.id = ProposerId{id}, .incarnation = incarnation, .acceptors = servers},
                now_);
            host.add(Learner::Options{.id = LearnerId{id}, .acceptors = servers});
            host.add(id, Client::Options{.session = {s, s}});
            host.start(now_);
        }
    }

    // Time goes on in steps of a millisecond.
    void run(unsigned steps) {
        for (unsigned k = 0; k < steps; ++k, now_ = now_ + milliseconds(1)) {
            carry();
            for (const auto& server : servers_) {
                if (now_ >= server->host.deadline()) server->host.tick(now_);
                server->host.flush(now_);
            }
        }
    }
    void carry() {
        const auto under_way = std::exchange(sent_, {});
        for (const Datagram& datagram : under_way)
            for (unsigned s = 1; s <= servers_.size(); ++s)
                if (datagram.to.is_group() || datagram.to.endpoint == endpoint(s))
                    servers_[s - 1]->host.receive(datagram.bytes, datagram.from, now_);
    }
    void write(unsigned server, std::string_view value) {
        Client& client = *servers_[server - 1]->host.role<Client>();
        ASSERT_TRUE(client.write(std::as_bytes(std::span(value)), true, now_).all);
    }

    Time now_ = Time{} + milliseconds(1000);
    std::vector<Datagram> sent_;
    std::vector<std::unique_ptr<Server>> servers_;
};

TEST_F(Servers, OneThatHasEveryRoleDecidesByItselfWithinAStep) {
    start(1);
    run(200);
    write(1, "alone");
    servers_[0]->host.flush(now_);
    EXPECT_EQ(servers_[0]->output.values, std::vector<std::string>{"alone"});
    EXPECT_TRUE(servers_[0]->host.role<Client>()->all_decided());
}

TEST_F(Servers, OfSeveralRolesEachDeliverOneSequence) {
    start(kServers);
    run(200);
    for (int k = 0; k < 10; ++k) {
        for (unsigned s = 1; s <= kServers; ++s)
            write(s, "value " + std::to_string(k) + " of " + std::to_string(s));
        run(3);
    }
    run(100);

    EXPECT_EQ(servers_[0]->output.values.size(), 10 * kServers);
    for (const auto& server : servers_) {
        EXPECT_EQ(server->output.values, servers_[0]->output.values);
        EXPECT_TRUE(server->host.role<Client>()->all_decided());
    }
}

}  // namespace
}  // namespace synod::host

#include "synod/server/connections.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <string>

#include "server/no_facts.hpp"

namespace synod::server {
namespace {

// A table of at most two clients, and what they asked.
class ConnectionsTest : public testing::Test {
protected:
    ConnectionsTest() { begin({.clients_max = 2}); }
    void begin(const Connections::Limits& limits) {
        std::vector<node::Listener> listeners;
        listeners.push_back(node::listen_at({INADDR_LOOPBACK, 0}));
        sockaddr_in address{};
        socklen_t length = sizeof address;
        ::getsockname(listeners[0].fd.get(), reinterpret_cast<sockaddr*>(&address), &length);
        address_ = net::from_sockaddr(address);
        connections_.emplace(std::move(listeners), limits, facts_);
    }
    node::OwnedFd connect() {
        node::OwnedFd client = node::connect_to(address_);
        wait(client, POLLOUT);
        return client;
    }
    static void wait(const node::OwnedFd& fd, short events) {
        pollfd poll{fd.get(), events, 0};
        ASSERT_EQ(::poll(&poll, 1, 10'000), 1);
    }
    static void send(const node::OwnedFd& client, const std::string& bytes) {
        ASSERT_EQ(::send(client.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(bytes.size()));
    }
    static std::string read(const node::OwnedFd& client) {
        wait(client, POLLIN);
        std::string bytes(4096, '\0');
        const ssize_t count = ::recv(client.get(), bytes.data(), bytes.size(), 0);
        bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        return bytes;
    }
    // One whose request has been taken.
    node::OwnedFd client_that_asks(const std::string& request) {
        node::OwnedFd client = connect();
        send(client, request);
        turn_until(tickets_.size() + 1);
        return client;
    }
    // Turns until so many requests have been taken.
    void turn_until(std::size_t requests) {
        for (int k = 0; k < 1000 && tickets_.size() < requests; ++k) {
            turn();
            pollfd poll{connections_->fd(), POLLIN, 0};
            if (tickets_.size() < requests) ::poll(&poll, 1, 10);
        }
        ASSERT_EQ(tickets_.size(), requests);
    }
    void turn() {
        connections_->note_events();
        connections_->receive();
        connections_->take([&](Connections::Ticket ticket, rsm::Connection::Request&) {
            tickets_.push_back(ticket);
            return --room_ > 0;
        });
        connections_->send();
    }

    NoFacts facts_;
    net::Address address_;
    std::optional<Connections> connections_;
    std::vector<Connections::Ticket> tickets_;
    int room_ = 1000;
};

TEST_F(ConnectionsTest, EachAnswerGoesToWhoAsked) {
    const auto one = client_that_asks("GET a\n");
    const auto two = client_that_asks("GET b\n");
    connections_->answer(tickets_[1], "$1\r\nb\r\n");
    connections_->answer(tickets_[0], "$1\r\na\r\n");
    connections_->send();
    EXPECT_EQ(read(one), "$1\r\na\r\n");
    EXPECT_EQ(read(two), "$1\r\nb\r\n");
}

TEST_F(ConnectionsTest, OneTooManyIsToldSoAndClosed) {
    const auto one = connect();
    const auto two = client_that_asks("GET a\n");
    const auto three = connect();
    for (int k = 0; k < 1000 && connections_->turned_away() == 0; ++k)
        turn();
    EXPECT_EQ(read(three), "-ERR max number of clients reached\r\n");
    EXPECT_EQ(read(three), "");
    EXPECT_EQ(connections_->size(), 2U);
}

TEST_F(ConnectionsTest, WithAllPlacesTakenWhoHasGoneMakesRoom) {
    auto one = client_that_asks("GET a\n");
    const auto two = client_that_asks("GET b\n");
    one = {};
    const auto three = client_that_asks("GET c\n");
    EXPECT_EQ(connections_->turned_away(), 0U);
    EXPECT_EQ(connections_->size(), 2U);
    connections_->answer(tickets_[0], "$1\r\na\r\n");
    connections_->answer(tickets_[1], "$1\r\nb\r\n");
    connections_->answer(tickets_[2], "$1\r\nc\r\n");
    connections_->send();
    EXPECT_EQ(read(two), "$1\r\nb\r\n");
    EXPECT_EQ(read(three), "$1\r\nc\r\n");
}

TEST_F(ConnectionsTest, WhoComesWhileThereAreNoDescriptorsIsTakenWhenThereAre) {
    const auto one = client_that_asks("GET a\n");
    const auto two = connect();
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit none{3, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    for (int k = 0; k < 10; ++k)
        turn();
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    EXPECT_EQ(connections_->size(), 1U);
    EXPECT_FALSE(connections_->has_work(true));
    connections_->abandon(tickets_[0]);
    connections_->send();
    EXPECT_TRUE(connections_->has_work(false));
    turn();
    EXPECT_EQ(connections_->size(), 1U);
    EXPECT_EQ(connections_->accepted(), 2U);
}

// Whoever is thrown out makes room at once for those who come after it.
TEST_F(ConnectionsTest, AllAnswersOfATurnTogetherAreBounded) {
    begin({.clients_max = 3, .held_bytes_max = 1 << 20});
    const auto one = client_that_asks("GET a\n");
    const auto two = client_that_asks("GET b\n");
    const auto three = client_that_asks("GET c\n");
    const std::string large(900 << 10, 'x');
    connections_->answer(tickets_[0], large);
    connections_->answer(tickets_[1], large);
    EXPECT_LE(connections_->held_bytes(), 1U << 20);
    connections_->answer(tickets_[2], large.substr(0, 100 << 10));
    EXPECT_GE(connections_->held_bytes(), 1000U << 10);
    connections_->send();
    EXPECT_EQ(connections_->size(), 2U);
    EXPECT_EQ(read(two), "");
    EXPECT_TRUE(read(three).starts_with("xxx"));
}

TEST_F(ConnectionsTest, AnAnswerForOneWhoIsGoneIsForNobody) {
    {
        const auto gone = connect();
        send(gone, "GET a\n");
        turn_until(1);
    }
    for (int k = 0; k < 1000 && connections_->size() > 0; ++k) {
        turn();
        connections_->answer(tickets_[0], "$1\r\na\r\n");
        connections_->send();
    }
    EXPECT_EQ(connections_->size(), 0U);
    const auto next = client_that_asks("GET b\n");
    EXPECT_FALSE(tickets_[0] == tickets_[1]);
    connections_->answer(tickets_[0], "$1\r\na\r\n");
    connections_->answer(tickets_[1], "$1\r\nb\r\n");
    connections_->send();
    EXPECT_EQ(read(next), "$1\r\nb\r\n");
}

TEST_F(ConnectionsTest, WithoutRoomRequestsWaitAndNoneIsLost) {
    const auto one = connect();
    const auto two = connect();
    send(one, "GET a\nGET b\nGET c\n");
    send(two, "GET d\nGET e\nGET f\n");
    room_ = 2;
    turn_until(2);
    EXPECT_TRUE(connections_->has_work(true));
    EXPECT_FALSE(connections_->has_work(false));
    room_ = 1000;
    turn_until(6);
    EXPECT_FALSE(connections_->has_work(true));
}

TEST_F(ConnectionsTest, WhenRoomIsShortClientsAreServedByTurns) {
    const auto one = connect();
    while (connections_->size() < 1)
        turn();
    const auto two = connect();
    while (connections_->size() < 2)
        turn();
    turn();
    send(one, "GET a\nGET b\nGET c\n");
    send(two, "GET d\nGET e\nGET f\n");
    for (std::size_t k = 0; k < 6; ++k) {
        room_ = 1;
        turn_until(k + 1);
    }
    std::vector<std::uint32_t> order;
    for (const Connections::Ticket ticket : tickets_)
        order.push_back(ticket.place);
    EXPECT_EQ(order, (std::vector<std::uint32_t>{0, 1, 0, 1, 0, 1}));
}

TEST_F(ConnectionsTest, TheOneThatIsGivenUpIsClosedWithoutAnAnswer) {
    const auto one = client_that_asks("GET a\n");
    connections_->abandon(tickets_[0]);
    connections_->send();
    EXPECT_EQ(read(one), "");
    EXPECT_EQ(connections_->size(), 0U);
}

TEST_F(ConnectionsTest, WhoAsksForASnapshotIsNoClientAnyMoreAndIsNotListenedTo) {
    const auto one = connect();
    send(one, "SYNOD.SNAPSHOT 1 2\n");
    std::vector<Connections::SnapshotSeeker> seekers;
    for (int k = 0; k < 1000 && seekers.empty(); ++k) {
        turn();
        seekers = connections_->take_snapshot_seekers();
        ::poll(nullptr, 0, 1);
    }
    ASSERT_EQ(seekers.size(), 1U);
    EXPECT_EQ(seekers[0].ip, INADDR_LOOPBACK);
    EXPECT_EQ(seekers[0].log, "1 2");
    EXPECT_EQ(connections_->size(), 0U);
    const node::OwnedFd of_child(::dup(seekers[0].stream.get()));
    seekers.clear();
    send(one, "more");
    wait(of_child, POLLIN);
    pollfd poll{connections_->fd(), POLLIN, 0};
    EXPECT_EQ(::poll(&poll, 1, 0), 0);
}

}  // namespace
}  // namespace synod::server

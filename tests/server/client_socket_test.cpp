#include "synod/server/client_socket.hpp"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

#include "server/no_facts.hpp"

namespace synod::server {
namespace {

class ClientSocketTest : public testing::Test {
protected:
    ClientSocketTest() {
        std::array<int, 2> pair{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()), 0);
        far_ = node::OwnedFd(pair[0]);
        socket_.emplace(node::OwnedFd(pair[1]), rsm::ClientInfo{1, "test"}, facts_);
    }
    void client_sends(const std::string& bytes) {
        ASSERT_EQ(::send(far_.get(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
        socket_->happened(EPOLLIN);
        socket_->read(buffer_);
    }
    void client_shuts_down() {
        ::shutdown(far_.get(), SHUT_WR);
        socket_->happened(EPOLLIN | EPOLLRDHUP);
        socket_->read(buffer_);
    }
    std::string client_reads() {
        socket_->happened(EPOLLOUT);
        socket_->write();
        std::string bytes(1 << 20, '\0');
        const ssize_t count = ::recv(far_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        return bytes;
    }
    int requests_given() {
        int count = 0;
        while (socket_->next(request_))
            ++count;
        return count;
    }

    // Of those that the server says by itself, as many as go into the buffer; the last is "end".
    static std::string many_commands() {
        std::string commands;
        for (int k = 0; k < 1500; ++k)
            commands += "COMMAND\n";
        return commands + "ECHO end\n";
    }
    // Until there is nothing to do but to wait.
    void work() {
        while (socket_->has_work()) {
            EXPECT_EQ(requests_given(), 0);
            socket_->write();
        }
    }
    // The last of what the client gets.
    std::string client_reads_all() {
        std::string last;
        for (std::string bytes = client_reads(); !bytes.empty(); bytes = client_reads()) {
            last = bytes;
            work();
        }
        return last;
    }

    NoFacts facts_;
    node::OwnedFd far_;
    std::optional<ClientSocket> socket_;
    std::array<std::byte, 16 << 10> buffer_{};
    rsm::Connection::Request request_;
};

TEST_F(ClientSocketTest, RequestsAreGivenAndAnswered) {
    client_sends("GET a\r\nGET b\r\n");
    EXPECT_EQ(requests_given(), 2);
    socket_->answer("$1\r\n1\r\n");
    socket_->answer("$1\r\n2\r\n");
    EXPECT_EQ(client_reads(), "$1\r\n1\r\n$1\r\n2\r\n");
    EXPECT_FALSE(socket_->is_over());
}

TEST_F(ClientSocketTest, WithRequestsToGiveItDoesNotRead) {
    client_sends("GET a\r\n");
    client_sends("GET b\r\n");
    EXPECT_EQ(requests_given(), 1);
    socket_->read(buffer_);
    EXPECT_EQ(requests_given(), 1);
}

TEST_F(ClientSocketTest, SoManyRequestsWaitForTheirAnswersAndNoMore) {
    std::string pings;
    for (int k = 0; k < 600; ++k)
        pings += "GET a\n";
    client_sends(pings);
    const int given = requests_given();
    EXPECT_LT(given, 600);
    EXPECT_FALSE(socket_->may_have_requests());
    socket_->answer("$-1\r\n");
    EXPECT_EQ(requests_given(), 1);
}

TEST_F(ClientSocketTest, ItReadsNoFurtherBehindARequestThatMustBeAnsweredFirst) {
    client_sends("WATCH a\nGET a\n");
    EXPECT_EQ(requests_given(), 1);
    EXPECT_FALSE(socket_->may_have_requests());
    socket_->answer("*1\r\n:0\r\n");
    EXPECT_EQ(requests_given(), 1);
}

TEST_F(ClientSocketTest, WhoShutsDownIsOverWhenAllIsAnsweredAndSent) {
    client_sends("GET a\n");
    EXPECT_EQ(requests_given(), 1);
    client_shuts_down();
    EXPECT_FALSE(socket_->is_over());
    socket_->answer("$-1\r\n");
    EXPECT_FALSE(socket_->is_over());
    EXPECT_EQ(client_reads(), "$-1\r\n");
    EXPECT_TRUE(socket_->is_over());
}

TEST_F(ClientSocketTest, WhoIsGoneIsOverAtOnce) {
    client_sends("GET a\n");
    EXPECT_EQ(requests_given(), 1);
    socket_->happened(EPOLLHUP | EPOLLIN);
    EXPECT_TRUE(socket_->is_over());
}

TEST_F(ClientSocketTest, BrokenBytesAreAnsweredByAnErrorAndTheEnd) {
    client_sends("*x\r\n");
    EXPECT_EQ(requests_given(), 0);
    EXPECT_TRUE(client_reads().starts_with("-ERR Protocol error"));
    EXPECT_TRUE(socket_->is_over());
}

TEST_F(ClientSocketTest, WhileTheClientDoesNotReadNoMoreRequestsAreTaken) {
    client_sends("GET a\nGET b\nGET c\n");
    EXPECT_TRUE(socket_->next(request_));
    socket_->answer(std::string(8 << 20, 'x'));
    socket_->write();
    EXPECT_FALSE(socket_->next(request_));
    for (std::size_t read = 0; read < (8U << 20);)
        read += client_reads().size();
    EXPECT_EQ(requests_given(), 2);
}

TEST_F(ClientSocketTest, WhatTheServerSaysByItselfIsBoundedToo) {
    client_sends(many_commands());
    work();
    EXPECT_LT(socket_->held_bytes(), 2 * rsm::Connection::kSaidMax + (64 << 10));
    EXPECT_TRUE(client_reads_all().ends_with("$3\r\nend\r\n"));
    EXPECT_FALSE(socket_->may_have_requests());
}

TEST_F(ClientSocketTest, WhatTheServerSaysByItselfIsBoundedBehindARequest) {
    client_sends("GET a\n" + many_commands());
    EXPECT_EQ(requests_given(), 1);
    work();
    EXPECT_LT(socket_->held_bytes(), 2 * rsm::Connection::kSaidMax + (64 << 10));
    socket_->answer("$-1\r\n");
    EXPECT_TRUE(socket_->has_work());
    EXPECT_TRUE(client_reads_all().ends_with("$3\r\nend\r\n"));
}

TEST_F(ClientSocketTest, WhatIsSentIsHeldNoMore) {
    client_sends("GET a\n");
    EXPECT_EQ(requests_given(), 1);
    socket_->answer(std::string(8 << 20, 'x'));
    socket_->write();
    EXPECT_GE(socket_->held_bytes(), 8U << 20);
    client_reads_all();
    EXPECT_LT(socket_->held_bytes(), 100U);
}

TEST_F(ClientSocketTest, WhoIsThrownOutHearsOfItUnlessThatCouldBeAnAnswer) {
    client_sends("MULTI\n");
    EXPECT_EQ(requests_given(), 0);
    EXPECT_EQ(client_reads(), "+OK\r\n");
    socket_->throw_out();
    EXPECT_TRUE(client_reads().starts_with("-ERR "));
    EXPECT_TRUE(socket_->is_over());
}

TEST_F(ClientSocketTest, WhoIsThrownOutWithRequestsUnderWayHearsNothing) {
    client_sends("GET a\n");
    EXPECT_EQ(requests_given(), 1);
    socket_->throw_out();
    EXPECT_EQ(client_reads(), "");
    EXPECT_TRUE(socket_->is_over());
}

TEST_F(ClientSocketTest, AnswersBeyondAllBoundsGiveTheClientUpAndTheirMemoryBack) {
    std::string gets;
    for (int k = 0; k < 200; ++k)
        gets += "GET a\n";
    client_sends(gets);
    EXPECT_EQ(requests_given(), 200);
    const std::string reply(4 << 20, 'x');
    for (int k = 0; k < 200; ++k)
        socket_->answer(reply);
    EXPECT_TRUE(socket_->is_over());
    EXPECT_LT(socket_->held_bytes(), 1U << 20);
}

}  // namespace
}  // namespace synod::server

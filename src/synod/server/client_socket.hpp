#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "synod/node/owned_fd.hpp"
#include "synod/rsm/connection.hpp"

namespace synod::server {

// One client's TCP connection: its bytes in and out, and in between the protocol (rsm::Connection).
//
// S1. It reads only while it has no request to give: who does not take its requests holds its client back.
// S2. What it holds for a client is bounded: it gives no request while much is unsent or unanswered; when
//     those under way have too large answers, it gives the client up.
class ClientSocket {
public:
    ClientSocket(node::OwnedFd fd, rsm::ClientInfo client, const rsm::ServerFacts& facts);

    [[nodiscard]] rsm::Connection& connection() noexcept { return connection_; }
    [[nodiscard]] const rsm::Connection& connection() const noexcept { return connection_; }

    // As epoll has them.
    void happened(std::uint32_t events) noexcept;
    // Reads what has come, as much as the buffer takes at once, if it may.
    void read(std::span<std::byte> buffer);
    // The next request, if there is one and it may be given.
    [[nodiscard]] bool next(rsm::Connection::Request& request);
    // The answer to the oldest request that has none.
    void answer(std::string_view reply);
    // Sends as much of the replies as the socket takes.
    void write();
    // Ends without another word: the outcome of a request is unknown, or there is no use in going on.
    void give_up() noexcept;
    // Gives up for want of memory: says so, where nobody takes it for the answer to a request.
    void throw_out() noexcept;

    // Something can be done before anything happens.
    [[nodiscard]] bool has_work() const noexcept;
    // ... that is no reading: it may have requests to give.
    [[nodiscard]] bool may_have_requests() const noexcept { return !drained_ && may_give(); }
    // The client sends nothing more, and answers are under way. It may be gone: TCP does not tell.
    [[nodiscard]] bool only_waits() const noexcept {
        return shut_down_ && !broken_ && connection_.unanswered() > 0;
    }
    // To be closed: the client is gone, or all is said.
    [[nodiscard]] bool is_over() const noexcept;
    // The client, who is over, is to be sent a snapshot: its connection, for whoever does that.
    [[nodiscard]] bool wants_snapshot() const noexcept { return connection_.wants_snapshot() && !broken_; }
    [[nodiscard]] node::OwnedFd take_stream() noexcept { return std::move(fd_); }
    // In memory, for this client.
    [[nodiscard]] std::size_t held_bytes() const noexcept;

private:
    [[nodiscard]] bool may_read() const noexcept;
    [[nodiscard]] bool may_give() const noexcept;
    void forget_sent() noexcept;
    [[nodiscard]] std::size_t unsent() const noexcept {
        return sending_.size() - sent_ + connection_.output().size();
    }

    node::OwnedFd fd_;
    rsm::Connection connection_;
    std::string sending_;
    std::size_t sent_ = 0;    // of it
    bool readable_ = true;    // as far as is known
    bool writable_ = true;    // as far as is known
    bool shut_down_ = false;  // the client has said that it sends nothing more
    bool ended_ = false;      // ... and all that it sent was read
    bool drained_ = true;     // what was read has no request that can be given
    bool broken_ = false;
};

}  // namespace synod::server

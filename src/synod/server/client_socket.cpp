#include "synod/server/client_socket.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace synod::server {

namespace {

constexpr std::size_t kReadAhead = 64 << 10;     // behind a request that must be answered first
constexpr std::size_t kUnansweredMax = 256;      // requests
constexpr std::size_t kUnsentSome = 1 << 20;     // then no more requests are taken
constexpr std::size_t kUnsentMax = 256U << 20;   // requests that were under way may have answers as large
constexpr std::size_t kIdleBytesMax = 64 << 10;  // memory that grew beyond is given back

bool would_block() noexcept {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

}  // namespace

ClientSocket::ClientSocket(node::OwnedFd fd, rsm::Client client, const rsm::ServerFacts& facts)
    : fd_(std::move(fd)), connection_(std::move(client), facts) {}

void ClientSocket::happened(std::uint32_t events) noexcept {
    if ((events & (EPOLLIN | EPOLLRDHUP)) != 0) readable_ = true;
    if ((events & EPOLLRDHUP) != 0) shut_down_ = true;
    if ((events & EPOLLOUT) != 0) writable_ = true;
    if ((events & (EPOLLERR | EPOLLHUP)) != 0) broken_ = true;
}

bool ClientSocket::may_read() const noexcept {
    const bool waits = connection_.unanswered() > 0 && connection_.unread_bytes() > kReadAhead;
    return readable_ && drained_ && !ended_ && !waits && !connection_.is_closing();
}

bool ClientSocket::may_give() const noexcept {
    return !broken_ && connection_.unanswered() < kUnansweredMax && unsent() < kUnsentSome;
}

void ClientSocket::read(std::span<std::byte> buffer) {
    if (!may_read() || broken_) return;
    const ssize_t count = ::recv(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0) {
        readable_ = false;
        broken_ = broken_ || !would_block();
    } else if (count == 0) {
        ended_ = true;
    } else {
        const auto size = static_cast<std::size_t>(count);
        readable_ = size == buffer.size() || shut_down_;
        connection_.receive(buffer.first(size));
        drained_ = false;
    }
}

bool ClientSocket::next(rsm::Connection::Request& request) {
    if (drained_ || !may_give()) return false;
    if (connection_.next(request)) return true;
    drained_ = true;
    return false;
}

void ClientSocket::answer(std::string_view reply) {
    if (broken_) return;
    connection_.answer(reply);
    if (unsent() > kUnsentMax) return give_up();
    drained_ = drained_ && connection_.unread_bytes() == 0;  // it may have been waited for
}

void ClientSocket::write() {
    while (writable_ && !broken_ && unsent() > 0) {
        if (sent_ == sending_.size()) {
            if (sending_.capacity() > kIdleBytesMax) sending_ = {};
            sending_.clear();
            sent_ = 0;
            std::swap(sending_, connection_.output());
        }
        const ssize_t count =
            ::send(fd_.get(), sending_.data() + sent_, sending_.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count >= 0) {
            sent_ += static_cast<std::size_t>(count);
        } else {
            writable_ = false;
            broken_ = broken_ || !would_block();
        }
    }
}

void ClientSocket::give_up() noexcept {
    broken_ = true;
    connection_.output() = {};
    sending_ = {};
    sent_ = 0;
}

bool ClientSocket::has_work() const noexcept {
    return is_over() || may_read() || may_have_requests() || (writable_ && unsent() > 0);
}

bool ClientSocket::is_over() const noexcept {
    const bool says_no_more = connection_.is_closing() || (ended_ && drained_);
    return broken_ || (says_no_more && connection_.unanswered() == 0 && unsent() == 0);
}

std::size_t ClientSocket::held_bytes() const noexcept {
    return connection_.unread_bytes() + unsent();
}

}  // namespace synod::server

#include "synod/server/client_socket.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace synod::server {

namespace {

constexpr std::size_t kReadAhead = 64 << 10;                 // behind a request that must be answered first
constexpr std::size_t kUnansweredMax = 256;                  // requests
constexpr std::size_t kSaidMax = rsm::Connection::kSaidMax;  // then no more requests are taken
constexpr std::size_t kHeldMax = 256U << 20;     // requests that were under way may have answers as large
constexpr std::size_t kIdleBytesMax = 64 << 10;  // memory that grew beyond is given back
constexpr std::string_view kTooMuch = "-ERR the server is short of memory for its clients\r\n";

bool would_block() noexcept {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

}  // namespace

ClientSocket::ClientSocket(node::OwnedFd fd, rsm::ClientInfo client, const rsm::ServerFacts& facts)
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
    const std::size_t said = sending_.size() - sent_ + connection_.said_bytes();
    return !broken_ && connection_.unanswered() < kUnansweredMax && said < kSaidMax;
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
        if (held_bytes() > kHeldMax) throw_out();
    }
}

bool ClientSocket::next(rsm::Connection::Request& request) {
    if (drained_ || !may_give()) return false;
    if (connection_.next(request)) return true;
    drained_ = connection_.said_bytes() < kSaidMax;  // or it goes on when some of that is sent
    return false;
}

void ClientSocket::answer(std::string_view reply) {
    if (broken_) return;
    if (held_bytes() + reply.size() > kHeldMax) return throw_out();
    connection_.answer(reply);
    drained_ = drained_ && connection_.unread_bytes() == 0;  // it may have been waited for
}

void ClientSocket::write() {
    while (writable_ && !broken_ && unsent() > 0) {
        if (sending_.empty()) std::swap(sending_, connection_.output());
        const ssize_t count =
            ::send(fd_.get(), sending_.data() + sent_, sending_.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count >= 0) {
            sent_ += static_cast<std::size_t>(count);
            if (sent_ == sending_.size()) forget_sent();
        } else {
            writable_ = false;
            broken_ = broken_ || !would_block();
        }
    }
}

void ClientSocket::forget_sent() noexcept {
    if (sending_.capacity() > kIdleBytesMax) sending_ = {};
    sending_.clear();
    sent_ = 0;
}

void ClientSocket::give_up() noexcept {
    broken_ = true;
    connection_.abandon();
    sending_ = {};
    sent_ = 0;
}

void ClientSocket::throw_out() noexcept {
    if (!broken_ && connection_.unanswered() == 0 && unsent() == 0)
        static_cast<void>(::send(fd_.get(), kTooMuch.data(), kTooMuch.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
    give_up();
}

bool ClientSocket::has_work() const noexcept {
    return is_over() || may_read() || may_have_requests() || (writable_ && unsent() > 0);
}

bool ClientSocket::is_over() const noexcept {
    const bool says_no_more = connection_.is_closing() || (ended_ && drained_);
    return broken_ || (says_no_more && connection_.unanswered() == 0 && unsent() == 0);
}

std::size_t ClientSocket::held_bytes() const noexcept {
    return connection_.held_bytes() + sending_.size();
}

}  // namespace synod::server

#include "synod/cli/event_loop.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "synod/node/clock.hpp"

namespace synod::cli {

std::uint64_t now_ns() {
    return node::now().ns;
}

EventLoop::EventLoop() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    if (!epoll_) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

void EventLoop::watch(int fd, Handler handler) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
        throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    handlers_[fd] = std::move(handler);
}

void EventLoop::forget(int fd) {
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    handlers_.erase(fd);
}

void EventLoop::after(double seconds, Handler handler) {
    timers_.emplace(now_ns() + static_cast<std::uint64_t>(seconds * 1e9), std::move(handler));
}

int EventLoop::wait_ms() const {
    if (timers_.empty()) return -1;
    const std::uint64_t now = now_ns();
    const std::uint64_t due = timers_.begin()->first;
    return due <= now ? 0 : static_cast<int>(std::min<std::uint64_t>((due - now) / 1'000'000 + 1, 1'000'000));
}

void EventLoop::run_timers() {
    const std::uint64_t now = now_ns();
    while (!timers_.empty() && timers_.begin()->first <= now) {
        const auto timer = timers_.extract(timers_.begin());
        timer.mapped()();
    }
}

void EventLoop::turn() {
    std::array<epoll_event, 64> events{};
    const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), wait_ms());
    for (int i = 0; i < count; ++i) {
        const auto found = handlers_.find(events[static_cast<std::size_t>(i)].data.fd);
        if (found == handlers_.end()) continue;  // forgotten by a handler of this very turn
        const Handler handler = found->second;
        handler();
    }
    run_timers();
}

}  // namespace synod::cli

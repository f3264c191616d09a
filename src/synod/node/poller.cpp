#include "synod/node/poller.hpp"

#include <sys/epoll.h>
#include <sys/signalfd.h>

#include <cerrno>
#include <csignal>
#include <ctime>
#include <system_error>

#include "synod/node/clock.hpp"

namespace synod::node {

namespace {

int checked(int result, const char* what) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), what);
    return result;
}

sigset_t ending_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return set;
}

void sleep_until(Time time) {
    const timespec at{static_cast<time_t>(time.ns / 1'000'000'000),
                      static_cast<long>(time.ns % 1'000'000'000)};
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr);
}

}  // namespace

Poller::Poller(Signals signals) : epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {
    if (signals == Signals::left) return;
    const sigset_t set = ending_signals();
    checked(::sigprocmask(SIG_BLOCK, &set, nullptr), "sigprocmask");
    signals_ = OwnedFd(checked(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC), "signalfd"));
    add(signals_.get());
}

void Poller::add(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    checked(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

void Poller::remove(int fd) noexcept {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

std::span<const int> Poller::wait(Time now, Time until, Time not_before) {
    const std::uint64_t ns = until.since(now).ns;
    const timespec timeout{static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
    std::array<epoll_event, 16> events;
    const auto poll = [&](const timespec* limit) {
        return ::epoll_pwait2(epoll_.get(), events.data(), static_cast<int>(events.size()), limit, nullptr);
    };
    const timespec at_once{};
    int count = poll(until == kNever ? nullptr : &timeout);
    if (node::now() < not_before) {
        sleep_until(not_before);
        count = poll(&at_once);
    } else if (count < 0 && errno == EINTR) {
        // A process that was stopped and goes on: time has passed, but what came meanwhile is to be heard
        // first.
        count = poll(&at_once);
    }
    std::size_t ready = 0;
    for (int k = 0; k < count; ++k) {
        const int fd = events[static_cast<std::size_t>(k)].data.fd;
        if (fd == signals_.get()) {
            told_to_stop_ = true;
        } else {
            ready_[ready++] = fd;
        }
    }
    return {ready_.data(), ready};
}

}  // namespace synod::node

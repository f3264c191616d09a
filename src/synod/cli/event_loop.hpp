#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <unordered_map>

#include "synod/node/owned_fd.hpp"

namespace synod::cli {

// CLOCK_MONOTONIC, as in Stamps and reports.
std::uint64_t now_ns();

// Waits for file descriptors to become readable and for moments to come. One thread.
class EventLoop {
public:
    using Handler = std::function<void()>;

    EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    // `handler` runs whenever `fd` has something to read or has ended, until forget(fd), which must come
    // before close(fd).
    void watch(int fd, Handler handler);
    void forget(int fd);

    // `handler` runs once, after so many seconds.
    void after(double seconds, Handler handler);

    // Waits for the next events and handles them.
    void turn();

private:
    [[nodiscard]] int wait_ms() const;
    void run_timers();

    node::OwnedFd epoll_;
    std::unordered_map<int, Handler> handlers_;
    std::multimap<std::uint64_t, Handler> timers_;
};

}  // namespace synod::cli

#pragma once

#include <array>
#include <span>

#include "synod/core/time.hpp"
#include "synod/node/owned_fd.hpp"

namespace synod::node {

// Waits for descriptors to become readable, for signals that end the process, and for a time.
class Poller {
public:
    // Takes over SIGTERM and SIGINT from here on. Throws std::system_error.
    Poller();

    void add(int fd);
    void remove(int fd) noexcept;

    // Blocks until something is readable or `until` has come; returns what is readable. After a
    // signal that ends the process, told_to_stop() holds.
    std::span<const int> wait(Time now, Time until);
    [[nodiscard]] bool told_to_stop() const noexcept { return told_to_stop_; }
    // Becomes readable with such a signal.
    [[nodiscard]] int signal_fd() const noexcept { return signals_.get(); }

private:
    OwnedFd epoll_;
    OwnedFd signals_;
    bool told_to_stop_ = false;
    std::array<int, 16> ready_{};
};

}  // namespace synod::node

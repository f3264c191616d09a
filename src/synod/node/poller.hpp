#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "synod/core/time.hpp"
#include "synod/node/owned_fd.hpp"

namespace synod::node {

// Waits for descriptors to become readable, for a time, and, if asked to, for signals that end the process.
class Poller {
public:
    enum class Signals : std::uint8_t { left, taken };  // over, SIGTERM and SIGINT
    // Throws std::system_error.
    explicit Poller(Signals signals);

    void add(int fd);
    void remove(int fd) noexcept;

    // Blocks until something is readable or `until` has come; returns what is readable. What becomes
    // readable before `not_before` is left until then. After a signal that ends the process, told_to_stop()
    // holds.
    std::span<const int> wait(Time now, Time until, Time not_before = {});
    [[nodiscard]] bool told_to_stop() const noexcept { return told_to_stop_; }
    // Becomes readable with such a signal.
    [[nodiscard]] int signal_fd() const noexcept { return signals_.get(); }
    // Becomes readable with any of what it waits for.
    [[nodiscard]] int fd() const noexcept { return epoll_.get(); }

private:
    OwnedFd epoll_;
    OwnedFd signals_;
    bool told_to_stop_ = false;
    std::array<int, 16> ready_{};
};

}  // namespace synod::node

#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>

#include "synod/node/owned_fd.hpp"

namespace synod::server {

// Many descriptors, and which of them something has happened to since they were last looked at (epoll,
// edge-triggered): each is told once, so who does not read yet is not told again and again.
class EventSet {
public:
    EventSet();  // throws std::system_error

    // `token` comes back with its events. Closing the descriptor takes it out.
    void add(int fd, std::uint64_t token);
    // For a descriptor that stays open elsewhere, in a child process for one.
    void remove(int fd) noexcept;
    // What has happened, at most so much as fits; waits for nothing.
    [[nodiscard]] std::span<const epoll_event> look();
    // Readable when something has happened.
    [[nodiscard]] int fd() const noexcept { return epoll_.get(); }

private:
    node::OwnedFd epoll_;
    std::array<epoll_event, 512> events_{};
};

}  // namespace synod::server

#pragma once

#include <cstdint>

#include "synod/node/owned_fd.hpp"

namespace synod::node {

// Wakes a thread that waits for a descriptor, from any other.
class Wake {
public:
    Wake();  // throws std::system_error

    void set() noexcept;
    void clear() noexcept;
    // Readable from set() to clear().
    [[nodiscard]] int fd() const noexcept { return event_.get(); }

private:
    OwnedFd event_;
};

}  // namespace synod::node

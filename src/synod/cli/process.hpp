#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "synod/node/owned_fd.hpp"

namespace synod::cli {

using node::OwnedFd;

// How a process ended.
struct Ending {
    bool by_signal = false;
    int code = 0;  // exit status, or signal
    [[nodiscard]] bool well() const noexcept { return !by_signal && code == 0; }
    [[nodiscard]] std::string text() const;  // "exit status 1", "killed by signal 9 (Killed)"
};

// What a process starts with. Its standard streams, and the descriptors that it keeps under their numbers.
struct Launch {
    std::vector<std::string> arguments;  // from argv[1] on
    int in = -1;
    int out = -1;
    int err = -1;
    std::vector<int> kept;
};

// A child that runs this very executable. It dies with its parent; a parent that lets go of it kills it.
class Process {
public:
    // Throws std::system_error when the system refuses.
    explicit Process(const Launch& launch);
    Process(Process&& other) noexcept;
    Process& operator=(Process&&) = delete;
    ~Process();

    // Readable once the process has ended.
    [[nodiscard]] int pidfd() const noexcept { return pidfd_.get(); }

    // Harmless after the process has ended: no other process is ever hit.
    void signal(int number) const noexcept;
    // nullopt: it still runs.
    std::optional<Ending> reap() noexcept;

private:
    pid_t pid_ = -1;
    OwnedFd pidfd_;
    std::optional<Ending> ending_;
};

}  // namespace synod::cli

#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <thread>

#include "synod/node/wake.hpp"
#include "synod/server/state.hpp"

namespace synod::server {

// Makes states of snapshots, and frees their memory, in a thread of its own: it may take a second, and nobody
// is to wait for it. While it is busy, the process must not be forked: the child would have the thread's
// locks and not the thread.
class StateLoader {
public:
    // Of this log alone.
    explicit StateLoader(const LogName& log) : log_(log) {}
    ~StateLoader();
    StateLoader(const StateLoader&) = delete;
    StateLoader& operator=(const StateLoader&) = delete;

    // Begins to make a state of the snapshot; without a thread to do it there is none. REQUIRES: it is not
    // busy.
    void begin(std::string snapshot);
    // Begins to free the memory of the state; without a thread it does it itself. REQUIRES: it is not busy.
    void dispose(State state);
    // Sees whether the thread has ended.
    void tick();

    // With one or the other, or with a state that waits to be taken.
    [[nodiscard]] bool is_busy() const noexcept { return loaded_ || thread_.joinable(); }
    // take() is due.
    [[nodiscard]] bool has_loaded() const noexcept { return loaded_; }
    // The state, or else what is wrong with the snapshot. REQUIRES: has_loaded().
    [[nodiscard]] std::optional<State> take(std::string& fault);
    // Readable when there is something for tick() to see.
    [[nodiscard]] int fd() const noexcept { return wake_.fd(); }

private:
    // Throws std::system_error when there is no thread.
    template <typename Work>
    void start(Work work);
    void load(const std::string& snapshot) noexcept;

    const LogName log_;
    node::Wake wake_;
    std::thread thread_;
    std::atomic<bool> ended_ = false;
    bool loads_ = false;  // it makes a state; else it frees one
    bool loaded_ = false;
    std::optional<State> state_;  // the thread's until it has ended
    std::string fault_;
};

}  // namespace synod::server

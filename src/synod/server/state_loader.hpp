#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <thread>

#include "synod/node/wake.hpp"
#include "synod/server/state.hpp"

namespace synod::server {

// Makes states of snapshots, in a thread of its own: it may take a second, and nobody is to wait for it.
class StateLoader {
public:
    // Of this log alone.
    explicit StateLoader(const LogName& log) : log_(log) {}
    ~StateLoader();
    StateLoader(const StateLoader&) = delete;
    StateLoader& operator=(const StateLoader&) = delete;

    // REQUIRES: none is under way.
    void begin(std::string snapshot);
    [[nodiscard]] bool is_under_way() const noexcept { return under_way_; }
    // It has ended: take() is due.
    [[nodiscard]] bool has_ended() const noexcept { return under_way_ && ended_; }
    // The state, or else what is wrong with the snapshot.
    [[nodiscard]] std::optional<State> take(std::string& fault);
    // Frees the memory of a state. REQUIRES: none is under way.
    void dispose(State state);
    // Readable once it has ended.
    [[nodiscard]] int fd() const noexcept { return wake_.fd(); }

private:
    void join();

    const LogName log_;
    node::Wake wake_;
    std::thread thread_;
    bool under_way_ = false;
    std::atomic<bool> ended_ = false;
    std::optional<State> state_;  // the thread's until it has ended
    std::string fault_;
};

}  // namespace synod::server

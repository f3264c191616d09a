#pragma once

#include <optional>
#include <string>
#include <vector>

#include "synod/core/time.hpp"
#include "synod/net/address.hpp"
#include "synod/node/owned_fd.hpp"
#include "synod/server/event_set.hpp"

namespace synod::server {

// Asks the other servers for a snapshot, one after the other, until one has sent a whole one.
class SnapshotFetch {
public:
    struct Options {
        std::vector<net::Address> peers;
        std::size_t bytes_max = std::size_t{8} << 30;
        Duration patience = milliseconds(5000);  // with one that sends nothing
        Duration pause = milliseconds(200);      // between two
    };
    explicit SnapshotFetch(Options options);

    // From here on one is wanted, until it has come or it is no longer. Nothing happens when one is already.
    void begin(Time now);
    void end();
    [[nodiscard]] bool is_under_way() const noexcept { return wanted_; }

    // Goes on: the snapshot, when it has come whole. Then it is not wanted any more.
    [[nodiscard]] std::optional<std::string> poll(Time now);
    // Readable when there is something to do, as there is at the deadline.
    [[nodiscard]] int fd() const noexcept { return events_.fd(); }
    [[nodiscard]] Time deadline() const noexcept { return due_; }

private:
    enum class Step : std::uint8_t { again, wait, whole, failed };

    void ask_next(Time now);
    void give_up(Time now);
    [[nodiscard]] Step go_on(Time now);
    [[nodiscard]] Step send_request();
    [[nodiscard]] Step receive(Time now);
    [[nodiscard]] bool read_head();

    Options options_;
    EventSet events_;
    std::vector<char> buffer_;
    bool wanted_ = false;
    std::size_t next_peer_ = 0;
    node::OwnedFd stream_;
    bool asked_ = false;
    std::string received_;
    std::optional<std::size_t> size_;  // of the snapshot, once its head has come
    Time due_ = kNever;                // to give up, or to ask the next one
};

}  // namespace synod::server

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "synod/core/time.hpp"
#include "synod/net/address.hpp"
#include "synod/node/owned_fd.hpp"
#include "synod/server/event_set.hpp"
#include "synod/server/state.hpp"

namespace synod::server {

// Asks the other servers for a snapshot, one after the other, until one has sent a whole one.
class SnapshotFetch {
public:
    // Called with a line for people.
    using Say = std::function<void(const std::string&)>;
    struct Options {
        std::vector<net::Address> peers;
        std::uint32_t from = 0;  // the IP address by which they know this server; 0: any
        LogName log;
        Say say = [](const std::string&) {};
        std::size_t bytes_max = std::size_t{8} << 30;
        std::size_t read_bytes = 256 << 10;                // at once
        Duration patience = milliseconds(5000);            // with one that sends nothing
        Duration writing_patience = milliseconds(60'000);  // since it was asked, with one that writes
        Duration pause = milliseconds(200);                // between two
        Duration pause_max = milliseconds(30'000);         // when those that come are of no use
    };
    explicit SnapshotFetch(Options options);

    // From here on one is wanted, until it has come or it is no longer. Nothing happens when one is already.
    void begin(Time now);
    void end();
    // The one that has come was of no use: before the next one there is a pause, twice as long each time.
    void was_of_no_use(Time now);
    // One that has come was of no use, and none was wanted no longer since.
    [[nodiscard]] bool comes_in_vain() const noexcept { return futile_pause_ > Duration{}; }
    [[nodiscard]] bool is_under_way() const noexcept { return wanted_; }

    // Goes on: the snapshot, when it has come whole. Then it is not wanted any more.
    [[nodiscard]] std::optional<std::string> poll(Time now);
    // Readable when there is something to do, as there is at the deadline.
    [[nodiscard]] int fd() const noexcept { return events_.fd(); }
    [[nodiscard]] Time deadline() const noexcept { return again_ ? Time{} : due_; }

private:
    enum class Step : std::uint8_t { again, wait, whole, failed };

    void ask_next(Time now);
    void stop();
    void give_up(Time now);
    [[nodiscard]] Step go_on(Time now);
    [[nodiscard]] Step send_request();
    [[nodiscard]] Step receive(Time now);
    [[nodiscard]] Step read_head();
    void tell(const std::string& what);

    Options options_;
    EventSet events_;
    std::vector<char> buffer_;
    bool wanted_ = false;
    bool told_ = false;  // why one gave none; once is enough
    std::size_t next_peer_ = 0;
    node::OwnedFd stream_;
    net::Address peer_;  // at its other end
    bool asked_ = false;
    bool again_ = false;  // there is more to read, in the next turn
    std::string received_;
    std::optional<std::size_t> size_;  // of the snapshot, once its head has come
    Time began_;                       // to ask this one
    Time due_ = kNever;                // to give up, or to ask the next one
    Duration futile_pause_;            // the last one after a snapshot that was of no use
    Time not_before_;                  // its end
};

}  // namespace synod::server

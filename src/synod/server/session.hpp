#pragma once

#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "synod/core/client.hpp"
#include "synod/rsm/state_machine.hpp"
#include "synod/server/connections.hpp"

namespace synod::server {

// The session in which a server brings its clients' operations into the log: they come out of it in the order
// in which they went in, so that answers find who asked.
class Session {
public:
    explicit Session(Client& client) : client_(client) {}

    [[nodiscard]] SessionId id() const noexcept { return client_.session(); }
    [[nodiscard]] bool has_room() const noexcept { return written_ == value_.size() && client_.has_room(); }
    // Without a ticket it is a mark, whose answer nobody waits for. REQUIRES: has_room().
    void submit(std::optional<Connections::Ticket> ticket, std::string_view operation, rsm::UnixTime proposed,
                Time now);
    // Goes on with what the client did not take whole.
    void go_on(Time now);
    // There is more to write, and room for it.
    [[nodiscard]] bool has_work() const noexcept { return written_ < value_.size() && client_.has_room(); }

    // The oldest operation has come out of the log: who waits for its answer. REQUIRES: there is one.
    [[nodiscard]] std::optional<Connections::Ticket> decided();
    // All pieces below are known to have come out of the log, their answers are not: of each operation that
    // they end, who waits for it.
    [[nodiscard]] std::vector<std::optional<Connections::Ticket>> skip_to(PieceNumber next);

private:
    struct Undecided {
        std::optional<Connections::Ticket> ticket;
        PieceNumber end;  // of its pieces
    };

    Client& client_;
    std::vector<std::byte> value_;  // being written
    std::size_t written_ = 0;       // of it
    std::deque<Undecided> undecided_;
};

}  // namespace synod::server

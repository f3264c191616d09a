#pragma once

#include <cstdint>
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
//
// S1. Nobody gets the answer to an operation that is not what was submitted for it, as far as 64 bits of hash
//     tell.
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

    // A value of the session comes out of the log. How many operations stand before the one that it is: they
    // are lost. Nothing: it is none of them. Anybody can forge a datagram of the session, and a piece that
    // comes with the number of one of ours first has taken its place in the log.
    [[nodiscard]] std::optional<std::size_t> place_of(Bytes value) const noexcept;
    // The oldest operation has come out of the log, or is lost: who waits for its answer. REQUIRES: there is
    // one.
    [[nodiscard]] std::optional<Connections::Ticket> decided();
    // All pieces below are known to have come out of the log, and no answers are to come: of each operation
    // that they end, who waits for it.
    [[nodiscard]] std::vector<std::optional<Connections::Ticket>> skip_to(PieceNumber next);

private:
    struct Undecided {
        std::optional<Connections::Ticket> ticket;
        std::uint64_t hash = 0;  // of its value
        PieceNumber end;         // of its pieces, once they are written
    };

    Client& client_;
    std::vector<std::byte> value_;  // being written
    std::size_t written_ = 0;       // of it
    std::deque<Undecided> undecided_;
};

}  // namespace synod::server

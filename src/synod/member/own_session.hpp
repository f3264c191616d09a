#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "synod/core/client.hpp"
#include "synod/core/fifo.hpp"
#include "synod/member/value.hpp"

namespace synod::member {

// The session in which a process brings values into the log, and knows them again when they come out of it:
// that is in the order in which they went in. For whom each is, its owner keeps, in the same order.
//
// Whoever can send from an address of the cluster can forge a datagram of the session, and a piece that comes
// with the number of one of ours before it does has taken its place in the log: then that value is lost. When
// numbers are taken that ours have yet to get, so would all the next ones be, and the session is given up
// for another one.
//
// S1. What comes out of the log passes for none but a value that has its bytes, as far as 64 bits of hash
//     tell.
// S2. What was brought in under one session is never brought in again under another.
class OwnSession {
public:
    explicit OwnSession(Client& client) : client_(client) {}

    [[nodiscard]] SessionId id() const noexcept { return client_.session(); }
    [[nodiscard]] bool has_room() const noexcept { return value_.empty() && client_.has_room(); }
    // From here on it is under way. REQUIRES: has_room().
    void submit(const Value& value, Time now);
    // Goes on with what the client did not take whole.
    void go_on(Time now);
    // There is more to write, and room for it.
    [[nodiscard]] bool has_work() const noexcept { return !value_.empty() && client_.has_room(); }

    // A value of the session comes out of the log. When it is one of those under way, it is so no longer, nor
    // are those before it, which are lost: how many these were. Nothing: it is none of them.
    [[nodiscard]] std::optional<std::size_t> comes(Bytes value);
    // All pieces below have come out of the log. How many values had their last one there and are lost: they
    // are under way no longer.
    [[nodiscard]] std::size_t skip_to(PieceNumber next);

    // Whether somebody else has numbered pieces of the session, when all below `next` have come out of the
    // log.
    [[nodiscard]] bool is_overtaken(PieceNumber next) const noexcept {
        return next > client_.written_below();
    }
    // Goes on in another session. How many values are under way in this one and lost.
    [[nodiscard]] std::size_t begin_another();

private:
    struct UnderWay {
        std::uint64_t hash = 0;  // of the encoded value
        PieceNumber end;         // of its pieces, once they are written
    };
    void drop(std::size_t count);
    void clear_value();

    Client& client_;
    std::vector<std::byte> value_;  // being written
    std::size_t written_ = 0;       // of it
    Fifo<UnderWay> under_way_;
};

}  // namespace synod::member

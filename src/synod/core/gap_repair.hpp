#pragma once

#include <array>
#include <cstdint>
#include <tuple>

#include "synod/core/jitter.hpp"
#include "synod/core/message.hpp"
#include "synod/core/outbox.hpp"
#include "synod/core/quorum.hpp"
#include "synod/core/time.hpp"

namespace synod {

// Where the acceptors are, as their datagrams tell.
class AcceptorDirectory {
public:
    void heard(AcceptorId acceptor, Endpoint from, Time now) noexcept;
    // The next one after `asked`, which becomes that one, of those heard in the last second; none if there is
    // no such acceptor. Who asks for different things has a turn for each: else they could keep in step, and
    // the one who can help with one of them would be asked for the other each time.
    Endpoint next(AcceptorId& asked, Time now) const noexcept;
    [[nodiscard]] Endpoint endpoint(AcceptorId acceptor) const noexcept {
        return known_[acceptor.value()].endpoint;
    }
    // Whether it has been heard in the last second.
    [[nodiscard]] bool in_touch(AcceptorId acceptor, Time now) const noexcept;
    [[nodiscard]] auto state() const noexcept { return std::tie(known_); }
    friend bool operator==(const AcceptorDirectory&, const AcceptorDirectory&) = default;

private:
    struct Known {
        Endpoint endpoint;
        Time heard;
        [[nodiscard]] auto state() const noexcept { return std::tie(endpoint, heard); }
        friend bool operator==(const Known&, const Known&) = default;
    };
    std::array<Known, kAcceptorsMax + 1> known_{};
};

// Asks acceptors for missing instances: after a short random wait, since a datagram may only be late;
// of one acceptor at a time; again after a growing time, of another one, and in the end of all, when no
// answer helps; and at once for more when one has come whole. One request is under way at a time.
class GapRepair {
public:
    struct Options {
        Duration wait_max = microseconds(400);
        Duration retry_first = milliseconds(3);
        Duration retry_max = milliseconds(100);
        std::uint32_t budget_bytes = 256 << 10;  // of one answer: at most an eighth of the receive buffer
        std::uint64_t seed = 0;
    };
    explicit GapRepair(const Options& options);

    // Asks, if it is time, for the lowest ranges of `missing` that lie in `window`.
    void poll(const RangeSet& missing, Range window, const AcceptorDirectory& acceptors, Time now,
              Outbox& outbox);
    // A page of an answer has come; `useful` when it brought something that was missing.
    void on_answer(bool useful, bool last, Time now) noexcept;
    // When poll() will have something to do.
    [[nodiscard]] Time deadline() const noexcept { return due_; }

    [[nodiscard]] auto state() const noexcept { return std::tie(jitter_, due_, retry_, helped_, asked_); }
    friend bool operator==(const GapRepair& a, const GapRepair& b) noexcept { return a.state() == b.state(); }

private:
    Options options_;
    Jitter jitter_;
    Time due_ = kNever;  // kNever: nothing was missing at the last poll
    Duration retry_;
    bool helped_ = false;  // by the answer to the last request
    AcceptorId asked_;
};

}  // namespace synod

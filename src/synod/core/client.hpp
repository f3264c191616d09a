#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <vector>

#include "synod/core/batch.hpp"
#include "synod/core/fifo.hpp"
#include "synod/core/hash.hpp"
#include "synod/core/ids.hpp"
#include "synod/core/message.hpp"
#include "synod/core/outbox.hpp"
#include "synod/core/patience.hpp"
#include "synod/core/time.hpp"

namespace synod {

// The role that has values to broadcast. It numbers their pieces, packs them into runs, and sends each run
// until it is acknowledged as decided: to the leader that answers, or to all proposers while none does;
// no more is under way than the leader gave credit for. It waits while it has none, and asks now and then.
//
// Invariants:
//   C1  a piece is forgotten only when a proposer has said that it is decided.
//   C2  pieces are numbered without gaps, and a number is never used for other bytes.
class Client {
public:
    struct Options {
        SessionId session;
        std::uint32_t run_bytes_max = 16 << 10;    // of an encoded run
        std::uint32_t buffer_bytes_max = 2 << 20;  // at most, of runs not yet decided
        std::uint32_t credit_first = 64 << 10;     // until a proposer says otherwise
        Duration linger = microseconds(200);  // how long a run may wait for more while others are under way
        Duration retry_first = milliseconds(8);  // longer where acknowledgements take longer
        Duration retry_max = milliseconds(200);
    };
    explicit Client(const Options& options);

    struct Written {
        std::size_t bytes = 0;  // taken
        bool all = false;       // and the value ended, if these bytes end it
    };
    // Takes the next bytes of the value being written, which they end or not: not all of them when the buffer
    // is full. REQUIRES: what was not taken is written again.
    [[nodiscard]] Written write(Bytes bytes, bool ends_value, Time now);
    [[nodiscard]] std::size_t buffered_bytes() const noexcept { return buffered_bytes_; }
    // What may be under way, and a run: more would only wait here.
    [[nodiscard]] bool has_room() const noexcept {
        const std::size_t wanted = std::size_t{credit_} + options_.run_bytes_max;
        return buffered_bytes_ < std::min<std::size_t>(wanted, options_.buffer_bytes_max);
    }

    void on(const Ack& ack, const Sender& from, Time now, Outbox& outbox);
    void on(const Beacon& beacon, const Sender& from, Time now, Outbox& outbox);
    // Sends what there is credit for.
    void flush(Time now, Outbox& outbox);
    void tick(Time now, Outbox& outbox) { flush(now, outbox); }
    [[nodiscard]] Time deadline() const noexcept;

    [[nodiscard]] const Options& options() const noexcept { return options_; }
    [[nodiscard]] SessionId session() const noexcept { return options_.session; }
    // All pieces that it has numbered so far lie below.
    [[nodiscard]] PieceNumber written_below() const noexcept { return piece_next_; }
    [[nodiscard]] std::uint64_t values_written() const noexcept { return values_written_; }
    // Of these the first so many are decided.
    [[nodiscard]] std::uint64_t values_decided() const noexcept { return values_decided_; }
    [[nodiscard]] bool all_decided() const noexcept { return packets_.empty() && open_.empty(); }

    void check_invariants() const;
    [[nodiscard]] auto state() const noexcept {
        return std::tie(options_.session, open_, open_since_, open_values_, piece_next_, values_written_,
                        values_decided_, packets_, sent_, credit_, next_, admitted_, once_sent_below_,
                        gap_end_, gap_sent_, gap_sent_below_, leader_, leader_at_, probed_, retried_,
                        doubtful_from_, doubtful_end_, retry_due_, patience_);
    }
    [[nodiscard]] std::uint64_t hash() const { return state_hash(*this); }
    friend bool operator==(const Client& a, const Client& b) { return a.state() == b.state(); }

private:
    struct Packet {  // a run as it is sent, and sent again
        PieceNumber first;
        PieceNumber end;
        std::uint64_t values = 0;  // that it ends
        std::vector<std::byte> run;
        std::size_t cost = 0;  // in bytes, at least those of the run
        [[nodiscard]] auto state() const noexcept { return std::tie(first, end, run); }
        friend bool operator==(const Packet&, const Packet&) = default;
    };
    void add_piece(Bytes piece, bool ends_value, Time now);
    void close_run();
    void forget_below(PieceNumber next);
    void heard_leader(Ballot ballot, Endpoint at, Time now);
    [[nodiscard]] std::size_t packet_of(PieceNumber number) const noexcept;
    void send(const Packet& packet, Outbox& outbox) const;
    void send_again(const Packet& packet, Outbox& outbox);
    void send_doubtful(Outbox& outbox);
    void send_new(Time now, Outbox& outbox);
    void send_next(Time now, Outbox& outbox);
    [[nodiscard]] bool may_send_next() const noexcept;
    void send_gap(Time now, Outbox& outbox);
    void probe(Outbox& outbox);
    void send_first(Outbox& outbox);
    void retry(Time now, Outbox& outbox);

    Options options_;
    BatchWriter open_;  // the run being filled
    Time open_since_;
    std::uint64_t open_values_ = 0;
    PieceNumber piece_next_;
    std::uint64_t values_written_ = 0;
    std::uint64_t values_decided_ = 0;

    Fifo<Packet> packets_;  // closed, not yet decided
    std::vector<std::vector<std::byte>> spare_;
    std::size_t sent_ = 0;  // how many of them have been sent, to this leader
    std::size_t under_way_bytes_ = 0;
    std::size_t buffered_bytes_ = 0;

    std::uint32_t credit_;
    PieceNumber next_;             // all below is decided
    PieceNumber admitted_;         // all below is in the leader's hands
    PieceNumber once_sent_below_;  // to any leader
    PieceNumber gap_end_;
    Time gap_sent_;
    PieceNumber gap_sent_below_;  // as far as it was sent again
    Ballot leader_;               // the last one of the leader that is heard
    Endpoint leader_at_;          // none: it has not answered of late
    bool probed_ = false;         // since something was decided,
    bool retried_ = false;        // and then in vain, since it was heard
    std::vector<std::byte> probe_;
    // What was under way when no answer came, as far as it was not sent again yet. It is when the leader has
    // all before it: then it was not on its way, but lost as well.
    PieceNumber doubtful_from_;
    PieceNumber doubtful_end_;
    Time retry_due_ = kNever;
    Patience<PieceNumber> patience_;  // with what is not acknowledged
};

}  // namespace synod

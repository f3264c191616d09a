#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "synod/core/batcher.hpp"
#include "synod/core/endpoint.hpp"
#include "synod/core/message.hpp"
#include "synod/core/outbox.hpp"
#include "synod/core/sessions.hpp"
#include "synod/core/time.hpp"
#include "synod/core/turns.hpp"

namespace synod {

// Where a leader takes the clients' runs in, each session in its order. A run that comes too early waits for
// the lost ones before it; the client is told which these are. Every client may have a little under way; one
// that wants more takes its turn (`Turns`), and has no credit while it waits. Lives as long as one reign.
class Admission {
public:
    struct Options {
        // Bytes that those whose turn it is may have under way together,
        std::uint32_t credit_total = 2 << 20;
        std::uint32_t credit_min = 64 << 10;  // each of them at least, as may whoever wants no turn,
        std::uint32_t credit_max = 1 << 20;   // and at most
        // A client hears of what is decided when it is all that it has under way, or half of what it may
        // have, or so much, or when it has waited for so long: each time wakes it.
        std::uint32_t ack_bytes = 256 << 10;
        Duration ack_delay = milliseconds(2);
        Turns::Options turns;
    };
    explicit Admission(const Options& options) : options_(options), turns_(options.turns) {}

    // Starts over: what `decided` has delivered is admitted.
    void begin(const Sessions& decided);
    // This batch will be decided before anything that is admitted from now on.
    void foresee(Bytes batch) { admitted_.take_all(batch); }
    void offer(const Run& run, Endpoint client, Time now, Batcher& batcher, InstanceLog& log);
    // Pieces of this batch have been delivered: their clients want to know.
    void note_delivered(Bytes batch, Time now);

    // Passes turns on, and sends the acknowledgements that are due.
    void flush(const Sessions& decided, std::uint64_t under_way_bytes, Ballot ballot, Time now,
               Outbox& outbox);
    // Forgets clients that have been silent for long.
    void tick(Time now);
    // When a turn is to be passed on, or an acknowledgement has waited long enough.
    [[nodiscard]] Time deadline() const noexcept { return std::min(turns_.deadline(), acks_deadline_); }

    [[nodiscard]] auto state() const noexcept {
        return std::tie(admitted_, clients_, acks_due_, acks_deadline_, turns_);
    }
    friend bool operator==(const Admission& a, const Admission& b) { return a.state() == b.state(); }

private:
    struct Waiting {
        PieceNumber first;
        std::vector<std::byte> run;
        [[nodiscard]] auto state() const noexcept { return std::tie(first, run); }
        friend bool operator==(const Waiting&, const Waiting&) = default;
    };
    struct Client {
        Endpoint endpoint;
        Time heard;
        bool ack_due = false;          // it has something to be told,
        bool ack_now = false;          // and at once
        std::size_t untold_bytes = 0;  // decided since it was told,
        Time untold_since;             // from then on
        std::vector<Waiting> early;    // sorted by first
        std::size_t early_bytes = 0;
        // What was admitted since everything before `round_end` was decided: about what it has under way.
        std::size_t round_bytes = 0;
        PieceNumber round_end;
        [[nodiscard]] auto state() const noexcept {
            return std::tie(endpoint, heard, ack_due, ack_now, untold_bytes, untold_since, early, round_bytes,
                            round_end);
        }
        friend bool operator==(const Client&, const Client&) = default;
    };
    void keep_early(Client& client, const Run& run) const;
    void admit_early(Client& client, Time now, Batcher& batcher, InstanceLog& log);
    // Whether anything of it was new.
    bool admit(const Run& run, Client& client, Time now, Batcher& batcher, InstanceLog& log);
    void note_ack(SessionId session, Client& client);
    void ack_now(SessionId session, Client& client);
    [[nodiscard]] bool is_ripe(SessionId session, const Client& client, const Sessions& decided,
                               Time now) const;
    void end_round(SessionId session, Client& client, const Sessions& decided);
    void send_ack(SessionId session, Client& client, const Sessions& decided, Ballot ballot, Outbox& outbox);
    [[nodiscard]] std::uint32_t credit_least() const noexcept;
    [[nodiscard]] std::uint32_t credit_of(SessionId session) const noexcept;

    Options options_;
    Sessions admitted_;
    std::map<SessionId, Client> clients_;
    std::vector<SessionId> acks_due_;
    Time acks_deadline_ = kNever;
    Turns turns_;
};

}  // namespace synod

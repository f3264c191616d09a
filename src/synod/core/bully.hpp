#pragma once

#include <cstdint>
#include <tuple>

#include "synod/core/jitter.hpp"
#include "synod/core/message.hpp"
#include "synod/core/oracle.hpp"
#include "synod/core/outbox.hpp"

namespace synod {

// The oracle `bully` (Garcia-Molina: "Elections in a Distributed Computing System", 1982, section III): who
// misses its coordinator calls an election, which everybody with a higher id answers and calls one of its
// own. Whom nobody answers has the highest id alive and is the coordinator. Who comes back calls an election,
// too, and so takes over when its id is higher.
//
// It looks at proposers only, as `lowest-id` does, with the same weakness.
class Bully : public OracleEvents {
public:
    Bully(const OracleSelf& self, const OracleOptions& options, Time now);

    void on_alive(ProposerId id, Time now) noexcept;
    void on_progress(Time) noexcept { backoff_ = 1; }
    void on_shut_out(Time now);
    void on(const Election& election, const Sender& from, Time now, Outbox& outbox);
    void on(const Answer& answer, const Sender& from, Time now, Outbox& outbox);
    void on(const Coordinator& coordinator, const Sender& from, Time now, Outbox& outbox);

    [[nodiscard]] Advice advise(const Standing& standing, Time now, Outbox& outbox);
    [[nodiscard]] Time deadline(const Standing& standing) const noexcept;

    [[nodiscard]] auto state() const noexcept {
        return std::tie(jitter_, state_, due_, coordinator_, attempt_at_, backoff_);
    }
    friend bool operator==(const Bully& a, const Bully& b) { return a.state() == b.state(); }

private:
    enum class State : std::uint8_t {
        follows,     // a coordinator with a higher id, while it is heard
        calls,       // an election, until the time for answers is over
        coordinates  // nobody answered
    };
    void become(State state, Time due) noexcept;
    void call(Time now, Outbox& outbox);
    void coordinate(Time now, Outbox& outbox);

    OracleOptions options_;
    ProposerId id_;
    Jitter jitter_;
    State state_ = State::follows;
    Time due_;                // the end of its patience; the next call of `coordinates`
    ProposerId coordinator_;  // while it follows
    Time attempt_at_;         // not before
    unsigned backoff_ = 1;
};

}  // namespace synod

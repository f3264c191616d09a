#pragma once

#include <tuple>

#include "synod/core/jitter.hpp"
#include "synod/core/oracle.hpp"
#include "synod/core/outbox.hpp"

namespace synod {

// The oracle `none`, which elects nobody ("Paxos Made Simple", section 2.4: an election "must use either
// randomness or real time"; this uses both). Who sees a live reign stays quiet; who sees the leader silent,
// or clients' values undecided for too long, prepares a higher ballot, after a random wait that grows with
// each attempt that is shut out.
class NoElection : public OracleEvents {
public:
    NoElection(const OracleSelf& self, const OracleOptions& options, Time now);

    void on_alive(ProposerId, Time now);
    void on_new_ballot(Time now);
    void on_demand(Time now);
    void on_progress(Time) noexcept;
    void on_attempt() noexcept { stall_at_ = kNever; }
    void on_shut_out(Time now);

    [[nodiscard]] Advice advise(const Standing& standing, Time now, Outbox&);
    [[nodiscard]] Time deadline(const Standing& standing) const noexcept;

    [[nodiscard]] auto state() const noexcept {
        return std::tie(jitter_, attempt_at_, stall_at_, demand_since_, backoff_);
    }
    friend bool operator==(const NoElection& a, const NoElection& b) { return a.state() == b.state(); }

private:
    Duration spread(Duration d) { return d * backoff_ + jitter_.below(d * backoff_); }
    [[nodiscard]] Time due() const noexcept;

    OracleOptions options_;
    Jitter jitter_;
    Time attempt_at_;
    Time stall_at_ = kNever;
    Time demand_since_;  // when stall_at_ was set last
    unsigned backoff_ = 1;
};

}  // namespace synod

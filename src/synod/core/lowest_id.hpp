#pragma once

#include <tuple>

#include "synod/core/jitter.hpp"
#include "synod/core/message.hpp"
#include "synod/core/oracle.hpp"
#include "synod/core/outbox.hpp"

namespace synod {

// The oracle `lowest-id`: proposers ping each other, and the lowest id that has been heard of late leads (the
// eventual leader Omega from an eventually perfect failure detector: Chandra, Hadzilacos, Toueg: "The Weakest
// Failure Detector for Solving Consensus", 1996). A lower id that comes back takes over.
//
// It looks at proposers only: one that hears and is heard by its peers, but reaches no quorum of acceptors,
// keeps everybody from leading, as long as its id is the lowest.
class LowestId : public OracleEvents {
public:
    LowestId(const OracleSelf& self, const OracleOptions& options, Time now);

    void on_alive(ProposerId id, Time now) noexcept;
    void on_progress(Time) noexcept { backoff_ = 1; }
    void on_shut_out(Time now);
    void on(const Ping& ping, const Sender& from, Time now, Outbox& outbox);

    [[nodiscard]] Advice advise(const Standing& standing, Time now, Outbox& outbox);
    [[nodiscard]] Time deadline(const Standing& standing) const noexcept;

    [[nodiscard]] auto state() const noexcept {
        return std::tie(jitter_, ping_at_, attempt_at_, lower_at_, looks_again_, backoff_);
    }
    friend bool operator==(const LowestId& a, const LowestId& b) { return a.state() == b.state(); }

private:
    [[nodiscard]] Time trusts_itself_at() const noexcept;

    OracleOptions options_;
    ProposerId id_;
    Jitter jitter_;
    Time ping_at_;
    Time attempt_at_;           // not before
    Time lower_at_;             // when a proposer with a lower id was heard last; 0: none ever
    bool looks_again_ = false;  // since there was one
    unsigned backoff_ = 1;
};

}  // namespace synod

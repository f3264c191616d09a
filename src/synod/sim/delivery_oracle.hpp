#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "synod/core/delivery.hpp"
#include "synod/core/ids.hpp"
#include "synod/core/time.hpp"
#include "synod/sim/acceptor_oracle.hpp"

namespace synod::sim {

// Compares what learners hand over with what was chosen and with what clients wrote.
//
//   no gap                each life of a learner delivers instances 0, 1, 2...
//   total order           all deliver the same batch for an instance, and that is the chosen one
//   integrity, exactly    the n-th value delivered of a session is the n-th that its client wrote, and
//   once, client order    there is one
class DeliveryOracle {
public:
    // A value of more bytes than `batch_bytes` takes more than one piece.
    DeliveryOracle(const AcceptorOracle& acceptors, std::size_t processes, std::uint32_t batch_bytes,
                   Coverage& counts)
        : acceptors_(acceptors), next_(processes), batch_bytes_(batch_bytes), counts_(counts) {}

    // A client begins to hand over its next value.
    void writing(SessionId session, Bytes value, Time now);
    void delivered(std::uint8_t process, InstanceId instance, Bytes batch, Time now);
    void restarted(std::uint8_t process) { next_[process] = InstanceId{}; }

    // A role that keeps the table of sessions has come to `below` with this one. Compared when it is at the
    // end.
    void check_sessions(std::uint8_t process, InstanceId below, const Sessions& sessions) const;

    // How far a learner is, and how far the best one ever was.
    [[nodiscard]] InstanceId next(std::uint8_t process) const noexcept { return next_[process]; }
    [[nodiscard]] InstanceId furthest() const noexcept { return InstanceId{log_.size()}; }
    // How many there have been.
    [[nodiscard]] std::uint64_t sessions() const noexcept { return sessions_.size(); }
    [[nodiscard]] std::uint64_t values_delivered(SessionId session) const noexcept;
    [[nodiscard]] std::uint64_t values_delivered() const noexcept { return values_delivered_; }
    // Of each value delivered, from being written to its first delivery.
    [[nodiscard]] const std::vector<Duration>& latencies() const noexcept { return latencies_; }

private:
    struct Written {
        std::uint64_t value = 0;  // a hash of it
        Time at;
    };
    struct Session {
        std::vector<Written> written;
        std::uint64_t delivered = 0;
    };
    void deliver_value(SessionId id, Bytes value, Time now);
    void count_repeats(Bytes batch);

    const AcceptorOracle& acceptors_;
    std::vector<InstanceId> next_;    // by process
    std::vector<std::uint64_t> log_;  // a hash of each instance's batch
    Delivery delivery_;               // of the log, as every learner's reader has it
    std::map<SessionId, Session> sessions_;
    std::uint64_t values_delivered_ = 0;
    std::vector<Duration> latencies_;
    std::uint32_t batch_bytes_;
    Coverage& counts_;
};

}  // namespace synod::sim

#pragma once

#include <string>

#include "synod/rsm/keyspace.hpp"
#include "synod/rsm/operation.hpp"
#include "synod/rsm/protocol.hpp"
#include "synod/rsm/reply_writer.hpp"
#include "synod/rsm/state_machine.hpp"

namespace synod::rsm {

// The key-value store that Redis clients use, as a state machine: an entry is an Operation, the answer what
// Redis would reply to it. A connection turns what its client sends into operations.
class Store {
public:
    static constexpr SnapshotFormat kSnapshotFormat{"synod.store", 2};

    // Values beyond the limit are refused; the same at all replicas.
    explicit Store(std::size_t value_bytes_max = RequestLimits{}.argument_bytes_max)
        : keys_(value_bytes_max) {}

    void apply(const LogEntry& entry, std::string& reply);
    // The answer to an operation that only reads, as of the last entry applied. One that does not is refused.
    void query(Bytes operation, std::string& reply) const;
    void snapshot(std::string& out) const { keys_.snapshot(out); }
    [[nodiscard]] bool restore(Bytes snapshot);

    [[nodiscard]] const Keyspace& keys() const noexcept { return keys_; }

private:
    void run(std::string& reply);
    void run_command(Arguments arguments, ReplyWriter& writer);
    [[nodiscard]] bool watched_keys_stand() const noexcept;

    Keyspace keys_;
    mutable Operation operation_;  // kept for its memory
};

}  // namespace synod::rsm

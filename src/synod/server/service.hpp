#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "synod/host/host.hpp"
#include "synod/server/operation_log.hpp"
#include "synod/server/state.hpp"

namespace synod::server {

// The replicated key-value store of a server: what the log delivers is applied, in order.
class Service : public host::DeliverySink {
public:
    // Called with the answer to each operation, and the session that it came from.
    using Answered = std::function<void(SessionId, std::string_view)>;

    void on_answer(Answered answered) { answered_ = std::move(answered); }
    // From here on. Outlives the service.
    void write_to(OperationLog& log) { log_ = &log; }

    void deliver(InstanceId instance, Bytes batch) override;

    // Goes on from there; returns the state that it had.
    [[nodiscard]] State exchange(State state) { return std::exchange(state_, std::move(state)); }

    [[nodiscard]] const State& state() const noexcept { return state_; }
    // Of the operation that comes next.
    [[nodiscard]] rsm::Position position() const noexcept { return state_.replica.position(); }
    [[nodiscard]] const rsm::Store& store() const noexcept { return state_.replica.machine().machine(); }

private:
    void apply(SessionId session, Bytes value);

    State state_;
    Answered answered_;
    OperationLog* log_ = nullptr;
    std::string reply_;  // kept for its memory
};

}  // namespace synod::server

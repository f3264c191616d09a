#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "synod/host/host.hpp"
#include "synod/server/operation_log.hpp"
#include "synod/server/state.hpp"

namespace synod::server {

// The replicated key-value store of a server: what the log delivers is applied, in order.
class Service : public host::DeliverySink {
public:
    using Comes = std::function<void(Bytes value)>;
    using Answered = std::function<void(std::string_view)>;

    // For the values of this session: `comes` is called before each is applied, `answered` with its answer.
    void serve(SessionId session, Comes comes, Answered answered);
    // From here on. Outlives the service.
    void write_to(OperationLog& log) { log_ = &log; }

    void deliver(InstanceId instance, Bytes batch) override;

    // Goes on from there; returns the state that it had.
    [[nodiscard]] State exchange(State state);

    // Names operations that are to run next; then has the processor fetch what they need, all at once.
    void will_run(Bytes operation);
    void fetch();
    // The answer to an operation that only reads, of what is applied so far; it stands until the next one.
    [[nodiscard]] std::string_view query(std::string_view operation);

    [[nodiscard]] const State& state() const noexcept { return state_; }
    // Of the operation that comes next.
    [[nodiscard]] rsm::Position position() const noexcept { return state_.replica.position(); }
    // Of the last operation.
    [[nodiscard]] rsm::UnixTime time() const noexcept { return state_.replica.time(); }
    [[nodiscard]] const rsm::Store& store() const noexcept { return state_.replica.machine().machine(); }

private:
    struct Gathered {
        SessionId session;
        Bytes value;
    };
    void gather(SessionId session, Bytes value, Bytes batch);
    void apply_gathered();
    void apply(SessionId session, Bytes value);

    void clear_reply();

    State state_;
    SessionId served_;
    Comes comes_;
    Answered answered_;
    OperationLog* log_ = nullptr;
    std::vector<Gathered> gathered_;      // values of the batch at hand, to be applied next
    std::vector<std::string_view> keys_;  // of the operations to run next
    std::string reply_;                   // kept for its memory
};

}  // namespace synod::server

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "synod/core/delivery.hpp"
#include "synod/host/host.hpp"
#include "synod/rsm/replica.hpp"
#include "synod/rsm/store.hpp"
#include "synod/server/operation_log.hpp"

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

    // Of the operation that comes next.
    [[nodiscard]] rsm::Position position() const noexcept { return replica_.position(); }
    [[nodiscard]] const rsm::Store& store() const noexcept { return replica_.machine(); }

private:
    void apply(SessionId session, Bytes value);

    Delivery delivery_;
    rsm::Replica<rsm::Store> replica_{rsm::Store{}};
    Answered answered_;
    OperationLog* log_ = nullptr;
    std::string reply_;  // kept for its memory
};

}  // namespace synod::server

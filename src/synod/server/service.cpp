#include "synod/server/service.hpp"

#include "synod/member/value.hpp"

namespace synod::server {

namespace {
constexpr std::size_t kIdleBytesMax = 1 << 20;  // memory that grew beyond for a large reply is given back
}

void Service::deliver(InstanceId instance, Bytes batch) {
    state_.next = instance.next();
    state_.delivery.deliver(batch, [this](SessionId session, Bytes value) { apply(session, value); });
}

// A value that is none of ours is still one that its session waits for.
void Service::apply(SessionId session, Bytes bytes) {
    if (reply_.capacity() > kIdleBytesMax) reply_ = {};
    reply_.clear();
    if (const auto value = member::decode(bytes)) {
        if (log_ != nullptr) log_->add(position(), session, value->command);
        state_.replica.apply(value->time, value->command, reply_);
    }
    answered_(session, reply_);
}

}  // namespace synod::server

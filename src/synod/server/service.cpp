#include "synod/server/service.hpp"

#include <functional>

#include "synod/member/value.hpp"

namespace synod::server {

namespace {
constexpr std::size_t kIdleReplyBytesMax = 1 << 20;  // memory that a large reply took beyond is given back
}

void Service::deliver(InstanceId instance, Bytes batch) {
    state_.next = instance.next();
    state_.delivery.deliver(batch, [&](SessionId session, Bytes value) { gather(session, value, batch); });
    apply_gathered();
}

State Service::exchange(State state) {
    if (log_ != nullptr) log_->skip_to(state.replica.position());
    return std::exchange(state_, std::move(state));
}

// A value that does not lie in the batch (it was larger than one) stands during this call only.
void Service::gather(SessionId session, Bytes value, Bytes batch) {
    constexpr std::less_equal<> ordered;
    const bool in_batch = ordered(batch.data(), value.data()) &&
                          ordered(value.data() + value.size(), batch.data() + batch.size());
    gathered_.push_back({session, value});
    if (!in_batch || gathered_.size() == rsm::KeyTable::kPrefetchMax) apply_gathered();
}

void Service::apply_gathered() {
    for (const Gathered& each : gathered_)
        if (const auto value = member::decode(each.value)) will_run(value->command);
    fetch();
    for (const Gathered& each : gathered_)
        apply(each.session, each.value);
    gathered_.clear();
}

void Service::will_run(Bytes operation) {
    const std::string_view key = rsm::first_argument(operation);
    if (!key.empty()) keys_.push_back(key);
}

void Service::fetch() {
    store().keys().prefetch(keys_);
    keys_.clear();
}

void Service::serve(SessionId session, Comes comes, Answered answered) {
    served_ = session;
    comes_ = std::move(comes);
    answered_ = std::move(answered);
}

void Service::clear_reply() {
    if (reply_.capacity() > kIdleReplyBytesMax) reply_ = {};
    reply_.clear();
}

// A value that is none of ours is still one that its session waits for.
void Service::apply(SessionId session, Bytes bytes) {
    const bool own = session == served_;
    if (own) comes_(bytes);
    clear_reply();
    if (const auto value = member::decode(bytes)) {
        if (log_ != nullptr) log_->add(position(), session, value->command);
        state_.replica.apply(value->time, value->command, reply_);
    }
    if (own) answered_(reply_);
}

std::string_view Service::query(std::string_view operation) {
    clear_reply();
    store().query(as_bytes(operation), reply_);
    return reply_;
}

}  // namespace synod::server

#include "synod/server/majority.hpp"

#include <algorithm>
#include <utility>

namespace synod::server {

Majority::Majority(const Learner& learner, Time now)
    : done_(learner.reads().done()), question_(done_), due_(now), waits_since_(now) {}

void Majority::ask(Learner& learner, Time now) {
    if (is_open() || now < due_) return;
    question_ = learner.begin_read();
    waits_since_ = now;
    marked_ = false;
}

// A learner that has far to go is on its way as long as it delivers.
void Majority::look(const Learner& learner, Time now) {
    const std::uint64_t done = learner.reads().done();
    const InstanceId delivered_below = learner.delivered_below();
    const bool delivers = learner.reads().waits_for_delivery();
    const bool goes_on = std::exchange(delivered_below_, delivered_below) != delivered_below;
    const bool answered = std::exchange(done_, done) != done;
    if (answered || (delivers && (goes_on || !delivers_))) {
        heard_at_ = waits_since_ = now;
        due_ = now + kPeriod;
    }
    if (delivers && !delivers_) named_at_ = now;
    delivers_ = delivers;
}

std::optional<std::string_view> Majority::news(Time now) {
    if (now >= complaint_due()) {
        complains_ = true;
        complained_at_ = now;
        return "no majority of the servers has answered for 5 s, and clients wait: are most of them alive "
               "and voting (not synod_observes:1 in INFO), with the same configuration and the same --run?";
    }
    if (!complains_ || !heard_at_ || *heard_at_ < *complained_at_) return std::nullopt;
    complains_ = false;
    return "a majority of the servers answers again";
}

bool Majority::take_mark(Time now) noexcept {
    return now >= mark_due() && !std::exchange(marked_, true);
}

Time Majority::deadline() const noexcept {
    return is_open() ? std::min(complaint_due(), mark_due()) : due_;
}

Time Majority::complaint_due() const noexcept {
    if (!is_open() || complains_) return kNever;
    const Time due = waits_since_ + kPatience;
    return complained_at_ ? std::max(due, *complained_at_ + kBetweenComplaints) : due;
}

Time Majority::mark_due() const noexcept {
    return is_open() && delivers_ && !marked_ ? named_at_ + kPeriod : kNever;
}

}  // namespace synod::server

#include "synod/core/gap_repair.hpp"

#include <algorithm>

namespace synod {

namespace {
constexpr Duration kInTouch = milliseconds(1000);
constexpr std::uint64_t kVainAfter = 8;  // times the first wait for an answer
}  // namespace

void AcceptorDirectory::heard(AcceptorId acceptor, Endpoint from, Time now) noexcept {
    known_[acceptor.value()] = {from, now};
}

bool AcceptorDirectory::in_touch(AcceptorId acceptor, Time now) const noexcept {
    const Known& known = known_[acceptor.value()];
    return !known.endpoint.is_none() && now.since(known.heard) <= kInTouch;
}

Endpoint AcceptorDirectory::next(AcceptorId& asked, Time now) const noexcept {
    for (std::size_t k = 1; k <= known_.size(); ++k) {
        const AcceptorId each{static_cast<std::uint16_t>((asked.value() + k) % known_.size())};
        if (!in_touch(each, now)) continue;
        asked = each;
        return endpoint(each);
    }
    return {};
}

GapRepair::GapRepair(const Options& options)
    : options_(options), jitter_(options.seed), retry_(options.retry_first) {}

void GapRepair::poll(const RangeSet& missing, Range window, const AcceptorDirectory& acceptors, Time now,
                     Outbox& outbox) {
    const bool nothing = missing.empty() || missing.ranges().front().first >= window.end;
    if (nothing) {
        due_ = kNever;
        retry_ = options_.retry_first;
        return;
    }
    if (due_ == kNever) due_ = now + jitter_.below(options_.wait_max);
    if (now < due_) return;
    // Those we have heard of may be just those that miss the same: after some vain requests all are asked.
    const bool in_vain = retry_ >= options_.retry_first * kVainAfter;
    const Endpoint one = in_vain ? Endpoint{} : acceptors.next(asked_, now);
    outbox.send(Destination::to_process_or_group(one, Role::acceptor),
                RepairRequest{options_.budget_bytes, missing.few(window)});
    helped_ = false;
    due_ = now + retry_ + jitter_.below(retry_ / 2);
    retry_ = std::min(retry_ * 2, options_.retry_max);
}

void GapRepair::on_answer(bool useful, bool last, Time now) noexcept {
    helped_ = helped_ || useful;
    if (due_ == kNever || !helped_) return;
    retry_ = options_.retry_first;
    due_ = last ? now : now + retry_;
}

}  // namespace synod

#include "synod/member/member.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "synod/member/engine.hpp"

namespace synod::member {

namespace {

// The steady clock is the one that the roles run by.
Time to_time(Deadline deadline) {
    if (deadline == Deadline::max()) return kNever;
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(deadline.time_since_epoch()).count();
    return Time{static_cast<std::uint64_t>(std::max<std::int64_t>(ns, 0))};
}

Deadline to_deadline(Time time) {
    if (time == kNever) return Deadline::max();
    return Deadline(std::chrono::nanoseconds(static_cast<std::int64_t>(time.ns)));
}

}  // namespace

Member::Member(const Configuration& configuration, std::unique_ptr<Application> application) {
    if (!application) throw std::invalid_argument("a member needs an application for what it delivers");
    engine_ = std::make_unique<Engine>(configuration, std::move(application));
}

Member Member::join(const Configuration& configuration, Deliver deliver) {
    if (!deliver) throw std::invalid_argument("a member needs a function to hand over what it delivers");
    return {configuration, std::make_unique<Journal>(std::move(deliver))};
}

Member::~Member() = default;
Member::Member(Member&&) noexcept = default;

void Member::submit(Bytes command, Deadline deadline, Done done) {
    engine_->submit(Value::Kind::command, command, to_time(deadline), std::move(done));
}

void Member::read(Consistency consistency, Deadline deadline, std::function<void(bool)> use) {
    if (!use) throw std::invalid_argument("a read needs a function to use what is read");
    if (consistency != Consistency::through_log)
        return engine_->read(consistency, to_time(deadline), std::move(use));
    engine_->submit(
        Value::Kind::barrier, {}, to_time(deadline),
        [use = std::move(use)](const Outcome& outcome) { use(std::holds_alternative<Applied>(outcome)); });
}

int Member::fd() const noexcept {
    return engine_->fd();
}

Deadline Member::deadline() const {
    return to_deadline(engine_->deadline());
}

void Member::turn() {
    engine_->turn(Time{});
}

bool Member::observes() const noexcept {
    return engine_->observes();
}

std::optional<std::string> Member::failure() const {
    return engine_->failure();
}

}  // namespace synod::member

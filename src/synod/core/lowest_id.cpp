#include "synod/core/lowest_id.hpp"

#include <algorithm>

namespace synod {

namespace {
// Those of the course system that it comes from.
constexpr Duration kLowestIdPing = milliseconds(2000);
constexpr Duration kLowestIdSuspect = milliseconds(5000);
constexpr unsigned kLowestIdBackoffMax = 256;
}  // namespace

LowestId::LowestId(const OracleSelf& self, const OracleOptions& options, Time now)
    : options_(options.with_defaults(kLowestIdPing, kLowestIdSuspect)),
      id_(self.id),
      jitter_(options.seed),
      ping_at_(now),
      attempt_at_(now + options.listen + jitter_.below(options.listen)) {}

void LowestId::on_alive(ProposerId id, Time now) noexcept {
    if (id >= id_) return;
    lower_at_ = now;
    looks_again_ = true;
}

void LowestId::on(const Ping&, const Sender& from, Time now, Outbox&) {
    on_alive(ProposerId{from.id}, now);
}

// By one that does not hear us, or is not heard.
void LowestId::on_shut_out(Time now) {
    const Duration wait = options_.listen * backoff_;
    attempt_at_ = now + wait + jitter_.below(wait);
    backoff_ = std::min(backoff_ * 2, kLowestIdBackoffMax);
}

Time LowestId::trusts_itself_at() const noexcept {
    return lower_at_ == Time{} ? Time{} : lower_at_ + options_.suspect;
}

// Who pings much later than it wanted to was itself away, and what it did not hear it may have missed.
Advice LowestId::advise(const Standing& standing, Time now, Outbox& outbox) {
    if (now.since(ping_at_) > options_.suspect / 2 && lower_at_ != Time{}) lower_at_ = now;
    if (now >= ping_at_) {
        outbox.send(Destination::to_group(Role::proposer), Ping{});
        ping_at_ = now + options_.ping;
    }
    looks_again_ = false;
    const bool trusts_itself = now >= trusts_itself_at();
    if (standing.follows()) return trusts_itself && now >= attempt_at_ ? Advice::attempt : Advice::go_on;
    return trusts_itself ? Advice::go_on : Advice::stand_down;
}

Time LowestId::deadline(const Standing& standing) const noexcept {
    if (standing.follows()) return std::min(ping_at_, std::max(attempt_at_, trusts_itself_at()));
    return looks_again_ ? lower_at_ : ping_at_;
}

}  // namespace synod

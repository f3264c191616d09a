#include "synod/server/session.hpp"

#include <xxhash.h>

#include <algorithm>

#include "synod/core/check.hpp"
#include "synod/member/value.hpp"

namespace synod::server {

namespace {
constexpr std::size_t kIdleBytesMax = 1 << 20;  // memory that grew beyond for a large operation is given back
constexpr PieceNumber kUnwritten{~std::uint64_t{0}};

std::uint64_t hash_of(Bytes value) noexcept {
    return XXH3_64bits(value.data(), value.size());
}

}  // namespace

void Session::submit(std::optional<Connections::Ticket> ticket, std::string_view operation,
                     rsm::UnixTime proposed, Time now) {
    SYNOD_CHECK(has_room());
    if (value_.capacity() > kIdleBytesMax) value_ = {};
    value_.clear();
    written_ = 0;
    member::encode({member::Value::Kind::command, proposed, as_bytes(operation)}, value_);
    undecided_.push_back({ticket, hash_of(value_), kUnwritten});
    go_on(now);
}

void Session::go_on(Time now) {
    if (written_ == value_.size()) return;
    const auto taken = client_.write(Bytes{value_}.subspan(written_), true, now);
    written_ += taken.bytes;
    if (taken.all) undecided_.back().end = client_.written_below();
}

std::optional<std::size_t> Session::place_of(Bytes value) const noexcept {
    const auto is_it = [hash = hash_of(value)](const Undecided& each) {
        return each.hash == hash && each.end != kUnwritten;
    };
    const auto found = std::find_if(undecided_.begin(), undecided_.end(), is_it);
    if (found == undecided_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - undecided_.begin());
}

std::optional<Connections::Ticket> Session::decided() {
    SYNOD_CHECK(!undecided_.empty());
    const auto ticket = undecided_.front().ticket;
    undecided_.pop_front();
    return ticket;
}

std::vector<std::optional<Connections::Ticket>> Session::skip_to(PieceNumber next) {
    std::vector<std::optional<Connections::Ticket>> unanswered;
    while (!undecided_.empty() && undecided_.front().end <= next)
        unanswered.push_back(decided());
    return unanswered;
}

}  // namespace synod::server

#include "synod/server/session.hpp"

#include "synod/core/check.hpp"
#include "synod/member/value.hpp"

namespace synod::server {

namespace {
constexpr std::size_t kIdleBytesMax = 1 << 20;  // memory that grew beyond for a large operation is given back
}

void Session::submit(Connections::Ticket ticket, std::string_view operation, rsm::UnixTime proposed,
                     Time now) {
    SYNOD_CHECK(has_room());
    if (value_.capacity() > kIdleBytesMax) value_ = {};
    value_.clear();
    written_ = 0;
    member::encode({member::Value::Kind::command, proposed, as_bytes(operation)}, value_);
    undecided_.push_back(ticket);
    go_on(now);
}

void Session::go_on(Time now) {
    if (written_ == value_.size()) return;
    written_ += client_.write(Bytes{value_}.subspan(written_), true, now).bytes;
}

Connections::Ticket Session::decided() {
    SYNOD_CHECK(!undecided_.empty());
    const Connections::Ticket ticket = undecided_.front();
    undecided_.pop_front();
    return ticket;
}

}  // namespace synod::server

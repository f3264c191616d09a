#include "synod/member/own_session.hpp"

#include <xxhash.h>

#include <algorithm>

#include "synod/core/check.hpp"
#include "synod/node/session.hpp"

namespace synod::member {

namespace {
constexpr std::size_t kIdleBytesMax = 1 << 20;  // memory that grew beyond for a large value is given back
constexpr PieceNumber kUnwritten{~std::uint64_t{0}};

std::uint64_t hash_of(Bytes value) noexcept {
    return XXH3_64bits(value.data(), value.size());
}

}  // namespace

void OwnSession::submit(const Value& value, Time now) {
    SYNOD_CHECK(has_room());
    encode(value, value_);
    under_way_.push_back({hash_of(value_), kUnwritten});
    go_on(now);
}

void OwnSession::go_on(Time now) {
    if (value_.empty()) return;
    const auto taken = client_.write(Bytes{value_}.subspan(written_), true, now);
    written_ += taken.bytes;
    if (!taken.all) return;
    under_way_.back().end = client_.written_below();
    clear_value();
}

void OwnSession::clear_value() {
    if (value_.capacity() > kIdleBytesMax) value_ = {};
    value_.clear();
    written_ = 0;
}

std::optional<std::size_t> OwnSession::comes(Bytes value) {
    const auto is_it = [hash = hash_of(value)](const UnderWay& each) {
        return each.hash == hash && each.end != kUnwritten;
    };
    const auto found = std::find_if(under_way_.begin(), under_way_.end(), is_it);
    if (found == under_way_.end()) return std::nullopt;
    const auto lost = static_cast<std::size_t>(found - under_way_.begin());
    drop(lost + 1);
    return lost;
}

std::size_t OwnSession::skip_to(PieceNumber next) {
    const auto is_below = [next](const UnderWay& each) { return each.end <= next; };
    const auto end = std::find_if_not(under_way_.begin(), under_way_.end(), is_below);
    const auto lost = static_cast<std::size_t>(end - under_way_.begin());
    drop(lost);
    return lost;
}

std::size_t OwnSession::begin_another() {
    Client::Options options = client_.options();
    options.session = node::random_session(node::client_of(id()));
    client_ = Client(options);
    clear_value();
    const std::size_t lost = under_way_.size();
    under_way_.clear();
    return lost;
}

void OwnSession::drop(std::size_t count) {
    for (; count > 0; --count)
        under_way_.pop_front();
}

}  // namespace synod::member

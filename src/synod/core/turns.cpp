#include "synod/core/turns.hpp"

#include <algorithm>

namespace synod {

void Turns::want(SessionId session) {
    if (!has_place(session) && !waits(session)) line_.push_back(session);
}

void Turns::used(SessionId session, std::size_t bytes, Time now) {
    const auto place = std::ranges::find(taken_, session, &Place::session);
    if (place == taken_.end()) return;
    place->bytes += bytes;
    place->used = now;
}

Time Turns::end_of(const Place& place) const noexcept {
    return std::min(place.since + options_.time, place.used + options_.idle);
}

Time Turns::deadline() const noexcept {
    Time first = kNever;
    if (line_.empty()) return first;
    for (const Place& place : taken_)
        first = std::min(first, end_of(place));
    return first;
}

bool Turns::has_place(SessionId session) const noexcept {
    return std::ranges::find(taken_, session, &Place::session) != taken_.end();
}

bool Turns::waits(SessionId session) const noexcept {
    return std::ranges::find(line_, session) != line_.end();
}

}  // namespace synod

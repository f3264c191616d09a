#include "synod/core/turns.hpp"

namespace synod {

void Turns::want(SessionId session) {
    const bool waits = std::find(line_.begin(), line_.end(), session) != line_.end();
    if (!waits && place_of(session) == nullptr) line_.push_back(session);
}

void Turns::note_used(SessionId session, std::size_t bytes) {
    const auto place = std::ranges::find(places_, session, &Place::session);
    if (place != places_.end()) place->bytes += bytes;
}

Time Turns::deadline() const noexcept {
    const bool somebody_waits = !line_.empty();
    Time first = somebody_waits && is_crowded() ? crowded_until_ : kNever;
    for (const Place& place : places_) {
        if (place.all_decided) first = std::min(first, idle_end(place));
        if (somebody_waits && !place.over) first = std::min(first, place.since + options_.time);
    }
    return first;
}

bool Turns::has_turn(SessionId session) const noexcept {
    const Place* place = place_of(session);
    return place != nullptr && !place->over;
}

bool Turns::must_wait(SessionId session) const noexcept {
    if (!is_crowded()) return false;
    if (const Place* place = place_of(session)) return place->over;
    return std::find(line_.begin(), line_.end(), session) != line_.end();
}

const Turns::Place* Turns::place_of(SessionId session) const noexcept {
    const auto place = std::ranges::find(places_, session, &Place::session);
    return place == places_.end() ? nullptr : &*place;
}

}  // namespace synod

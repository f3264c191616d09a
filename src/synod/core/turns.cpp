#include "synod/core/turns.hpp"

namespace synod {

void Turns::want(SessionId session) {
    const bool is_place_free = places_.size() + line_.size() < options_.places;
    if (!is_crowded() && !is_place_free) return;
    if (place_of(session) == nullptr && !is_in_line(session)) line_.push_back(session);
}

void Turns::note_used(SessionId session, std::size_t bytes) {
    const auto place = std::ranges::find(places_, session, &Place::session);
    if (place != places_.end()) place->bytes += bytes;
}

Time Turns::deadline() const noexcept {
    const bool somebody_waits = !line_.empty();
    Time first = !somebody_waits ? kNever : is_crowded() ? crowded_until_ : let_go_at_;
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
    if (const Place* place = place_of(session)) return place->over && is_crowded();
    return is_in_line(session);
}

bool Turns::is_in_line(SessionId session) const noexcept {
    return std::find(line_.begin(), line_.end(), session) != line_.end();
}

const Turns::Place* Turns::place_of(SessionId session) const noexcept {
    const auto place = std::ranges::find(places_, session, &Place::session);
    return place == places_.end() ? nullptr : &*place;
}

}  // namespace synod

#include "synod/core/turns.hpp"

namespace synod {

void Turns::want(SessionId session) {
    if (place_of(session) == nullptr && in_line(session) == nullptr) line_.push_back({session, is_crowded()});
}

void Turns::note_used(SessionId session, std::size_t bytes) {
    const auto place = std::ranges::find(places_, session, &Place::session);
    if (place != places_.end()) place->bytes += bytes;
}

Time Turns::deadline() const noexcept {
    const bool somebody_waits = !line_.empty();
    const bool has_no_credit = std::ranges::any_of(line_, &InLine::waits);
    Time first = !has_no_credit ? kNever : is_crowded() ? crowded_until_ : let_go_at_;
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
    const InLine* each = in_line(session);
    return each != nullptr && each->waits;
}

const Turns::InLine* Turns::in_line(SessionId session) const noexcept {
    const auto at =
        std::find_if(line_.begin(), line_.end(), [&](const InLine& each) { return each.session == session; });
    return at == line_.end() ? nullptr : &*at;
}

const Turns::Place* Turns::place_of(SessionId session) const noexcept {
    const auto place = std::ranges::find(places_, session, &Place::session);
    return place == places_.end() ? nullptr : &*place;
}

}  // namespace synod

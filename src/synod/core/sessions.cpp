#include "synod/core/sessions.hpp"

#include <algorithm>

namespace synod {

// Where the session is, or belongs.
std::size_t Sessions::position(SessionId id) const noexcept {
    if (last_position_ < sessions_.size() && sessions_[last_position_].id == id) return last_position_;
    const auto at = std::partition_point(sessions_.begin(), sessions_.end(),
                                         [id](const Session& session) { return session.id < id; });
    last_position_ = static_cast<std::size_t>(at - sessions_.begin());
    return last_position_;
}

Sessions::Taken Sessions::take(const Run& run) {
    const std::size_t at = position(run.session());
    const bool known = at < sessions_.size() && sessions_[at].id == run.session();
    const PieceNumber next = known ? sessions_[at].next : PieceNumber{};
    if (run.first() > next || run.end() <= next) return {};
    if (!known) sessions_.insert(sessions_.begin() + static_cast<std::ptrdiff_t>(at), {run.session(), next});
    sessions_[at].next = run.end();
    const auto skip = static_cast<std::uint32_t>(next.since(run.first()));
    return {skip, run.count() - skip};
}

void Sessions::take_all(Bytes batch) {
    RunReader reader(batch);
    while (const auto run = reader.next()) take(*run);
}

PieceNumber Sessions::next(SessionId session) const noexcept {
    const std::size_t at = position(session);
    const bool known = at < sessions_.size() && sessions_[at].id == session;
    return known ? sessions_[at].next : PieceNumber{};
}

void Sessions::hash_into(StateHash& hash) const {
    for (const Session& session : sessions_) {
        hash.add(session.id.high);
        hash.add(session.id.low);
        hash.add(session.next);
    }
}

}  // namespace synod

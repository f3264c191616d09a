#include "synod/core/sessions.hpp"

#include <algorithm>

#include "synod/core/check.hpp"

namespace synod {

// Where the session is, or belongs.
std::size_t Sessions::position(SessionId id) const noexcept {
    if (last_position_ < sessions_.size() && sessions_[last_position_].session == id) return last_position_;
    const auto at = std::partition_point(sessions_.begin(), sessions_.end(),
                                         [id](const SessionEntry& entry) { return entry.session < id; });
    last_position_ = static_cast<std::size_t>(at - sessions_.begin());
    return last_position_;
}

Sessions::Taken Sessions::take(const Run& run) {
    const std::size_t at = position(run.session());
    const bool known = at < sessions_.size() && sessions_[at].session == run.session();
    const PieceNumber next = known ? sessions_[at].next : PieceNumber{};
    if (run.first() > next || run.end() <= next) return {};
    if (!known) sessions_.insert(sessions_.begin() + static_cast<std::ptrdiff_t>(at), {run.session(), next});
    sessions_[at].next = run.end();
    const auto skip = static_cast<std::uint32_t>(next.since(run.first()));
    return {skip, run.count() - skip};
}

void Sessions::take_all(Bytes batch) {
    RunReader reader(batch);
    while (const auto run = reader.next())
        take(*run);
}

PieceNumber Sessions::next(SessionId session) const noexcept {
    const std::size_t at = position(session);
    const bool known = at < sessions_.size() && sessions_[at].session == session;
    return known ? sessions_[at].next : PieceNumber{};
}

std::span<const SessionEntry> Sessions::entries(SessionId from) const noexcept {
    return std::span(sessions_).subspan(position(from));
}

void Sessions::append(std::span<const SessionEntry> entries) {
    for (const SessionEntry& entry : entries) {
        SYNOD_CHECK(sessions_.empty() || sessions_.back().session < entry.session);
        sessions_.push_back(entry);
    }
}

}  // namespace synod

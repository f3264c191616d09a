#include "synod/member/read_list.hpp"

#include <algorithm>

namespace synod::member {

void ReadList::add(std::uint64_t question, Time now, Time deadline, Use use) {
    const std::uint64_t number = next_++;
    deadlines_.emplace(deadline, number);
    reads_.emplace(number, Read{question, now, deadline, std::move(use)});
}

Time ReadList::mark_due() const noexcept {
    return marked_below_ || reads_.empty() ? kNever : reads_.begin()->second.began + kPatience;
}

bool ReadList::wants_mark(Time now) const noexcept {
    return now >= mark_due();
}

void ReadList::mark_back(bool decided) noexcept {
    if (decided) passed_below_ = *marked_below_;
    marked_below_.reset();
}

bool ReadList::is_done(const Reads::value_type& read) const noexcept {
    return read.first < passed_below_ || read.second.question <= done_;
}

ReadList::Answer ReadList::take(Reads::iterator read, bool reached) {
    Answer answer{std::move(read->second.use), reached};
    deadlines_.erase({read->second.deadline, read->first});
    reads_.erase(read);
    return answer;
}

std::optional<ReadList::Answer> ReadList::take(Time now) {
    if (!reads_.empty() && is_done(*reads_.begin())) return take(reads_.begin(), true);
    if (deadlines_.empty() || deadlines_.begin()->first > now) return std::nullopt;
    return take(reads_.find(deadlines_.begin()->second), false);
}

std::optional<ReadList::Answer> ReadList::take_any() {
    if (reads_.empty()) return std::nullopt;
    return take(reads_.begin(), false);
}

Time ReadList::deadline() const noexcept {
    return std::min(mark_due(), deadlines_.empty() ? kNever : deadlines_.begin()->first);
}

}  // namespace synod::member

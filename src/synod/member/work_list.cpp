#include "synod/member/work_list.hpp"

#include "synod/core/check.hpp"

namespace synod::member {

namespace {

void tell(Work& work, const Outcome& outcome) {
    if (const Done done = std::exchange(work.done, nullptr)) done(outcome);
}

void tell_all(std::map<std::uint64_t, Work>& works, const Outcome& outcome) noexcept {
    for (auto& [number, work] : works) {
        try {
            tell(work, outcome);
        } catch (...) {  // NOLINT(bugprone-empty-catch): the others are still to be told
        }
    }
    works.clear();
}

}  // namespace

void WorkList::add(Work work) {
    const std::uint64_t number = next_++;
    deadlines_.emplace(work.deadline, number);
    waiting_.emplace(number, std::move(work));
}

Work& WorkList::send_next() {
    SYNOD_CHECK(!waiting_.empty());
    return sent_.insert(waiting_.extract(waiting_.begin())).position->second;
}

Work WorkList::take_sent() {
    SYNOD_CHECK(!sent_.empty());
    auto node = sent_.extract(sent_.begin());
    deadlines_.erase({node.mapped().deadline, node.key()});
    return std::move(node.mapped());
}

std::size_t WorkList::expire(Time now) {
    std::size_t freed = 0;
    while (deadline() <= now) {
        const std::uint64_t number = deadlines_.begin()->second;
        deadlines_.erase(deadlines_.begin());
        if (auto unsent = waiting_.extract(number)) {
            freed += unsent.mapped().cost;
            tell(unsent.mapped(), Overloaded{});
        } else {
            tell(sent_.at(number), Unknown{});
        }
    }
    return freed;
}

void WorkList::abandon() noexcept {
    deadlines_.clear();
    tell_all(sent_, Unknown{});
    tell_all(waiting_, Overloaded{});
}

}  // namespace synod::member

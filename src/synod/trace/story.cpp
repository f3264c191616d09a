#include "synod/trace/story.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "synod/core/quorum.hpp"
#include "synod/trace/messages.hpp"

namespace synod::trace {

namespace {

// Numbers as they come up, from 1.
class Numbers {
public:
    std::uint64_t of(std::uint64_t message) {
        return message == 0 ? 0 : numbers_.try_emplace(message, numbers_.size() + 1).first->second;
    }

private:
    std::map<std::uint64_t, std::uint64_t> numbers_;
};

// Counts the votes for each instance in each ballot.
class Votes {
public:
    explicit Votes(unsigned acceptors) : quorum_(acceptors) {}

    // Whether this vote makes a quorum whole.
    bool completes(const Event& vote) {
        if (vote.kind != Kind::accepted || !vote.process || vote.instances.empty()) return false;
        AcceptorSet& voters = voters_[{vote.instances.front().first, vote.ballot}];
        return voters.add(AcceptorId{vote.process->id}) && voters.size() == quorum_.size();
    }

private:
    Quorum quorum_;
    std::map<std::pair<InstanceId, Ballot>, AcceptorSet> voters_;
};

bool tells_a_state(Kind kind) noexcept {
    return kind == Kind::started || kind == Kind::crashed || kind == Kind::paused || kind == Kind::resumed ||
           kind == Kind::gave_up || kind == Kind::leads || kind == Kind::stands_down;
}

}  // namespace

std::vector<Event> merged(std::vector<std::vector<Event>> traces, unsigned acceptors) {
    std::vector<Event> all;
    for (auto& trace : traces)
        std::move(trace.begin(), trace.end(), std::back_inserter(all));
    std::stable_sort(all.begin(), all.end(), [](const Event& a, const Event& b) { return a.at < b.at; });
    const std::uint64_t began_ns = all.empty() ? 0 : all.front().at.ns;
    std::vector<Event> events;
    Numbers numbers;
    Votes votes(acceptors);
    for (Event& event : all) {
        event.at = Time{event.at.ns - began_ns};
        event.message = numbers.of(event.message);
        const bool chosen = votes.completes(event);
        events.push_back(std::move(event));
        if (!chosen) continue;
        events.push_back(events.back());
        events.back().kind = Kind::chosen;
    }
    return events;
}

std::vector<Event> without_chatter(const std::vector<Event>& events) {
    const Messages messages(events);
    std::vector<Event> kept;
    std::copy_if(events.begin(), events.end(), std::back_inserter(kept), [&](const Event& event) {
        const Event* sent = messages.find(event.message);
        return !event.chatter && (sent == nullptr || !sent->chatter);
    });
    return kept;
}

std::vector<Event> window(const std::vector<Event>& events, std::size_t begin, std::size_t count) {
    if (begin >= events.size()) return {};
    const std::size_t end = begin + std::min(count, events.size() - begin);
    std::map<Who, const Event*> states;
    for (std::size_t k = 0; k < begin; ++k)
        if (events[k].process && tells_a_state(events[k].kind)) states[*events[k].process] = &events[k];
    std::vector<Event> kept;
    for (const auto& [who, state] : states) {
        kept.push_back(*state);
        kept.back().at = events[begin].at;
    }
    kept.insert(kept.end(), events.begin() + static_cast<std::ptrdiff_t>(begin),
                events.begin() + static_cast<std::ptrdiff_t>(end));
    return kept;
}

}  // namespace synod::trace

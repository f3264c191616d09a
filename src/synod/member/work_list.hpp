#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "synod/core/time.hpp"
#include "synod/member/outcome.hpp"
#include "synod/member/value.hpp"

namespace synod::member {

// What a member has to bring into the log.
struct Work {
    Value::Kind kind = Value::Kind::command;
    std::vector<std::byte> command;
    Time deadline = kNever;
    Done done;             // empty when the outcome is known
    std::size_t cost = 0;  // in the member's queue, until the work leaves the list
};

// Work in the order in which it is sent. What comes out of the log does so in that order, too: the log keeps
// each client's order.
//
// W1. Every `done` is called once, here or by who took the work from here.
// W2. What its deadline overtook before it was sent is never sent.
class WorkList {
public:
    void add(Work work);

    // The next to be sent; from here on its outcome may be unknown. Stands until it leaves the list.
    // REQUIRES: has_unsent().
    [[nodiscard]] Work& send_next();
    // The first one sent has come out of the log, or never will: it leaves the list. REQUIRES: there is one.
    [[nodiscard]] Work take_sent();
    // Tells those whose deadline has come. Returns what has left the list, in cost.
    std::size_t expire(Time now);
    // Tells all of them. What they throw is lost.
    void abandon() noexcept;

    [[nodiscard]] bool has_unsent() const noexcept { return !waiting_.empty(); }
    [[nodiscard]] Time deadline() const noexcept {
        return deadlines_.empty() ? kNever : deadlines_.begin()->first;
    }

private:
    using Numbered = std::map<std::uint64_t, Work>;

    std::uint64_t next_ = 0;
    Numbered waiting_;
    Numbered sent_;  // with those whose deadline has come: these are told, and still under way
    std::set<std::pair<Time, std::uint64_t>> deadlines_;
};

}  // namespace synod::member

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "synod/core/learner.hpp"
#include "synod/core/time.hpp"

namespace synod::server {

// Whether a majority of the servers votes and hears this one, which is what a read must find out: so it
// begins one, for nobody, when no other has been answered for a second.
class Majority {
public:
    static constexpr Duration kPeriod = milliseconds(1000);
    static constexpr Duration kFresh = milliseconds(2000);  // how long an answer counts
    static constexpr Duration kPatience = milliseconds(5000);
    static constexpr Duration kBetweenComplaints = milliseconds(60000);

    Majority(const Learner& learner, Time now);

    // Before a step, and after it.
    void ask(Learner& learner, Time now);
    void look(const Learner& learner, Time now);
    // What delays an answer is a snapshot on its way: until it is here, what a majority has answered stands.
    void excuse(Time now) noexcept {
        waits_since_ = now;
        if (delivers_) heard_at_ = now;
    }

    [[nodiscard]] bool answers(Time now) const noexcept {
        return heard_at_ && now.since(*heard_at_) < kFresh;
    }
    // A line for people: that there has been no answer for kPatience; or, after that, that there is one
    // again.
    [[nodiscard]] std::optional<std::string_view> news(Time now);
    // Once a question: what was named in answer is not decided (see member::ReadList).
    [[nodiscard]] bool take_mark(Time now) noexcept;
    [[nodiscard]] Time deadline() const noexcept;

private:
    [[nodiscard]] bool is_open() const noexcept { return done_ < question_; }
    [[nodiscard]] Time complaint_due() const noexcept;
    [[nodiscard]] Time mark_due() const noexcept;

    std::uint64_t done_;
    std::uint64_t question_;  // of the last read begun here
    InstanceId delivered_below_;
    bool delivers_ = false;  // a quorum has answered, and the learner is on its way there
    bool marked_ = false;

    Time due_;       // the next question
    Time named_at_;  // when it answered what is not delivered yet
    Time waits_since_;
    std::optional<Time> heard_at_;
    std::optional<Time> complained_at_;
    bool complains_ = false;
};

}  // namespace synod::server

#include "synod/trace/story.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/core_test.hpp"

namespace synod::trace {
namespace {

using namespace synod::test;

Event event(Kind kind, Role role, std::uint16_t id, Time at) {
    Event event;
    event.kind = kind;
    event.process = Who{role, id, false};
    event.at = at;
    return event;
}

Event message(Kind kind, Role role, std::uint16_t id, std::uint64_t number, Time at) {
    Event sent = event(kind, role, id, at);
    sent.message = number;
    return sent;
}

Event vote(std::uint16_t acceptor, std::uint64_t instance, Ballot ballot, Time at) {
    Event accepted = event(Kind::accepted, Role::acceptor, acceptor, at);
    accepted.ballot = ballot;
    accepted.instances = {range(instance, instance + 1)};
    return accepted;
}

std::size_t count(const std::vector<Event>& events, Kind kind) {
    return static_cast<std::size_t>(
        std::count_if(events.begin(), events.end(), [&](const Event& e) { return e.kind == kind; }));
}

TEST(Story, OfSeveralProcessesIsInTheOrderOfTimeAndBeginsAtZero) {
    const auto events = merged({{event(Kind::started, Role::proposer, 1, ms(105)),
                                 message(Kind::sent, Role::proposer, 1, 1'000'000'007, ms(107))},
                                {event(Kind::started, Role::acceptor, 1, ms(104)),
                                 message(Kind::received, Role::acceptor, 1, 1'000'000'007, ms(108))}},
                               1);
    ASSERT_EQ(events.size(), 4U);
    EXPECT_EQ(events[0].process->role, Role::acceptor);
    EXPECT_EQ(events[0].at, ms(0));
    EXPECT_EQ(events[3].at, ms(4));
}

TEST(Story, NumbersTheMessagesFromOneAndKeepsSendingAndArrivalTogether) {
    const auto events = merged({{message(Kind::sent, Role::proposer, 1, 1'000'000'007, ms(1)),
                                 message(Kind::sent, Role::proposer, 1, 1'000'000'008, ms(2))},
                                {message(Kind::received, Role::acceptor, 1, 1'000'000'008, ms(3)),
                                 message(Kind::lost, Role::acceptor, 1, 1'000'000'007, ms(4))}},
                               1);
    ASSERT_EQ(events.size(), 4U);
    EXPECT_EQ(events[0].message, 1U);
    EXPECT_EQ(events[1].message, 2U);
    EXPECT_EQ(events[2].message, 2U);
    EXPECT_EQ(events[3].message, 1U);
}

TEST(Story, AValueIsChosenWhenAQuorumHasVotedForItInOneBallot) {
    const auto events = merged({{vote(1, 0, b(1), ms(1))},
                                {vote(2, 0, b(2), ms(2)), vote(2, 1, b(1), ms(3))},
                                {vote(3, 0, b(2), ms(4)), vote(3, 0, b(2), ms(5))}},
                               3);
    ASSERT_EQ(count(events, Kind::chosen), 1U);
    const auto chosen =
        std::find_if(events.begin(), events.end(), [](const Event& e) { return e.kind == Kind::chosen; });
    EXPECT_EQ(chosen->at, ms(3));  // 3 ms after the first event
    EXPECT_EQ(chosen->ballot, b(2));
    EXPECT_EQ(chosen->process->id, 3);
}

TEST(Story, ChatterGoesWithItsArrivals) {
    Event heartbeat = message(Kind::sent, Role::proposer, 1, 1, ms(1));
    heartbeat.chatter = true;
    const auto kept = without_chatter({heartbeat, message(Kind::received, Role::acceptor, 1, 1, ms(2)),
                                       message(Kind::sent, Role::proposer, 1, 2, ms(3)),
                                       message(Kind::received, Role::acceptor, 1, 2, ms(4))});
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept[0].message, 2U);
    EXPECT_EQ(kept[1].message, 2U);
}

TEST(Story, AWindowBeginsWithHowEachProcessStandsThere) {
    const std::vector<Event> events{
        event(Kind::started, Role::proposer, 1, ms(0)), event(Kind::started, Role::acceptor, 1, ms(1)),
        event(Kind::leads, Role::proposer, 1, ms(2)),   event(Kind::crashed, Role::acceptor, 1, ms(3)),
        event(Kind::decided, Role::proposer, 1, ms(4)), event(Kind::decided, Role::proposer, 1, ms(5)),
        event(Kind::decided, Role::proposer, 1, ms(6))};
    const auto kept = window(events, 5, 1);
    ASSERT_EQ(kept.size(), 3U);
    EXPECT_EQ(kept[0].kind, Kind::leads);
    EXPECT_EQ(kept[1].kind, Kind::crashed);
    EXPECT_EQ(kept[2].kind, Kind::decided);
    for (const Event& event : kept)
        EXPECT_EQ(event.at, ms(5));
}

TEST(Story, AWindowOfAllIsAllAndBehindTheEndThereIsNothing) {
    const std::vector<Event> events{event(Kind::started, Role::proposer, 1, ms(0)),
                                    event(Kind::leads, Role::proposer, 1, ms(2))};
    EXPECT_EQ(window(events, 0, 100), events);
    EXPECT_TRUE(window(events, 2, 100).empty());
    EXPECT_TRUE(window({}, 0, 100).empty());
}

}  // namespace
}  // namespace synod::trace

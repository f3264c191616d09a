#include "synod/member/member.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "member/member_test.hpp"
#include "synod/member/replicated.hpp"
#include "synod/member/value.hpp"

namespace synod::member {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

TEST_F(Members, AllAreToldOfEveryCommandInOneOrder) {
    std::vector<Collected<std::string>> delivered(3);
    std::vector<Member> members;
    members.reserve(3);
    for (std::uint16_t sid = 1; sid <= 3; ++sid) {
        members.push_back(Member::join(configuration(sid), [&, sid](std::span<const rsm::LogEntry> entries) {
            for (const rsm::LogEntry& entry : entries)
                delivered[sid - 1U].add(std::to_string(entry.position.value()) + ":" +
                                        std::string(as_text(entry.command)));
        }));
    }
    for (int k = 0; k < 20; ++k)
        for (Member& member : members)
            member.submit(as_bytes(std::to_string(k)), in(kSoon), told());

    const auto first = delivered[0].wait_for(60);
    ASSERT_EQ(first.size(), 60U);
    EXPECT_THAT(first.back(), HasSubstr("59:"));
    EXPECT_EQ(delivered[1].wait_for(60), first);
    EXPECT_EQ(delivered[2].wait_for(60), first);
    EXPECT_EQ(outcomes_.wait_for(60).size(), 60U);
}

TEST_F(Members, ACommandsOutcomeIsItsPositionAndTheMachinesAnswer) {
    Replicated<Sum> sum(configuration(1, 1));
    for (const char* addend : {"5", "7", "-2"})
        sum.submit(as_bytes(addend), in(kSoon), told());
    EXPECT_EQ(outcomes_.wait_for(3), (std::vector<std::string>{"0:5", "1:12", "2:10"}));
}

TEST_F(Members, ALinearizableReadAtOneSeesWhatAnotherWasTold) {
    Replicated<Sum> first(configuration(1));
    Replicated<Sum> second(configuration(2));
    Replicated<Sum> third(configuration(3));
    for (int round = 1; round <= 20; ++round) {
        std::promise<void> applied;
        first.submit(as_bytes("1"), in(kSoon), [&](const Outcome&) { applied.set_value(); });
        applied.get_future().wait();
        std::promise<long long> read;
        third.read(Consistency::linearizable, in(kSoon),
                   [&](const Sum* sum) { read.set_value(sum == nullptr ? -1 : sum->total); });
        ASSERT_EQ(read.get_future().get(), round);
    }
}

TEST_F(Members, AReadThroughTheLogSeesWhatItsMemberSubmittedBefore) {
    Replicated<Sum> sum(configuration(1, 1));
    sum.submit(as_bytes("5"), in(kSoon), nullptr);
    std::promise<long long> read;
    sum.read(Consistency::through_log, in(kSoon),
             [&](const Sum* now) { read.set_value(now == nullptr ? -1 : now->total); });
    EXPECT_EQ(read.get_future().get(), 5);
}

// Rule 7: who has forgotten its votes may read, and must not answer for others.
TEST_F(Members, OneThatComesBackReadsWhatItMissedAndIsNoneOfAQuorum) {
    const auto read = [](Replicated<Sum>& at, std::chrono::milliseconds patience) {
        std::promise<long long> value;
        at.read(Consistency::linearizable, in(patience),
                [&](const Sum* sum) { value.set_value(sum == nullptr ? -1 : sum->total); });
        return value.get_future().get();
    };
    Replicated<Sum> first(configuration(1));
    auto second = std::make_unique<Replicated<Sum>>(configuration(2));
    auto third = std::make_unique<Replicated<Sum>>(configuration(3));
    first.submit(as_bytes("5"), in(kSoon), told());
    ASSERT_EQ(outcomes_.wait_for(1), std::vector<std::string>{"0:5"});

    third.reset();
    third = std::make_unique<Replicated<Sum>>(configuration(3));
    EXPECT_TRUE(third->member().observes());
    EXPECT_EQ(read(*third, kSoon), 5);

    second.reset();
    second = std::make_unique<Replicated<Sum>>(configuration(2));
    EXPECT_EQ(read(first, 100ms), -1);  // one of three remembers
}

TEST_F(Members, WithoutAMajorityACommandsOutcomeIsUnknownAndAStaleReadIsAnswered) {
    Replicated<Sum> alone(configuration(1));
    alone.submit(as_bytes("5"), in(50ms), told());
    EXPECT_EQ(outcomes_.wait_for(1), std::vector<std::string>{"unknown"});

    std::promise<bool> linearizable;
    alone.read(Consistency::linearizable, in(50ms),
               [&](const Sum* sum) { linearizable.set_value(sum != nullptr); });
    EXPECT_FALSE(linearizable.get_future().get());
    std::promise<bool> stale;
    alone.read(Consistency::stale, in(kSoon), [&](const Sum* sum) { stale.set_value(sum != nullptr); });
    EXPECT_TRUE(stale.get_future().get());
}

TEST_F(Members, WhatTheQueueHasNoRoomForIsRefusedAtOnceAndWhatItNeverHasThrows) {
    Configuration small = configuration(1);
    small.queue_bytes_max = 4000;
    Member member = Member::join(small, [](auto) {});
    const std::vector<std::byte> command(1000);
    for (int k = 0; k < 4; ++k)
        member.submit(command, in(kSoon), told());
    EXPECT_EQ(outcomes_.wait_for(1), std::vector<std::string>{"overloaded"});
    EXPECT_THROW(member.submit(std::vector<std::byte>(4000), in(kSoon), told()), std::length_error);
}

TEST_F(Members, WhoLeavesIsToldOfAllThatIsLeft) {
    {
        Member member = Member::join(configuration(1), [](auto) {});
        member.submit(as_bytes("a"), Deadline::max(), told());
        std::promise<void> seen;
        member.read(Consistency::stale, in(kSoon), [&](bool) { seen.set_value(); });
        seen.get_future().wait();  // it has been sent by now, or will have been
    }
    const auto told = outcomes_.wait_for(1);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_TRUE(told[0] == "unknown" || told[0] == "overloaded") << told[0];
}

TEST_F(Members, ACallbackThatThrowsEndsItsMemberAndNotTheProcess) {
    Member member = Member::join(configuration(1, 1), [](auto) { throw std::runtime_error("no more"); });
    member.submit(as_bytes("a"), in(kSoon), told());
    EXPECT_EQ(outcomes_.wait_for(1).size(), 1U);
    EXPECT_THAT(member.failure(), Optional(HasSubstr("no more")));
    member.submit(as_bytes("b"), in(kSoon), told());
    EXPECT_EQ(outcomes_.wait_for(2).back(), "overloaded");
}

TEST_F(Members, ItsCallerCanDriveIt) {
    Configuration driven = configuration(1, 1);
    driven.drive = Configuration::Drive::caller;
    std::vector<std::thread::id> threads;
    Member member = Member::join(driven, [](auto) {});
    member.submit(as_bytes("a"), in(kSoon),
                  [&](const Outcome&) { threads.push_back(std::this_thread::get_id()); });
    drive_until(member, [&] { return !threads.empty(); });
    EXPECT_EQ(threads, std::vector{std::this_thread::get_id()});
}

TEST(Value, BytesOfOtherClientsAreNone) {
    std::vector<std::byte> bytes;
    encode({Value::Kind::command, {-5}, as_bytes("text")}, bytes);
    const auto value = decode(bytes);
    ASSERT_TRUE(value);
    EXPECT_EQ(value->time.ms, -5);
    EXPECT_EQ(as_text(value->command), "text");

    EXPECT_FALSE(decode(Bytes{bytes}.first(kValueOverhead - 1)));
    bytes[0] = std::byte{2};
    EXPECT_FALSE(decode(bytes));
}

}  // namespace
}  // namespace synod::member

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <limits>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "member/member_test.hpp"
#include "synod/member/replicated.hpp"

namespace synod::member {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

// What a program may do wrong, or do at a bad time. None of it ends the process, and no outcome is lost.
class BadUse : public Members {
protected:
    static Member join(const Configuration& configuration) {
        return Member::join(configuration, [](auto) {});
    }
    template <typename Error>
    static void expect_refusal(const Configuration& configuration, const std::string& why) {
        EXPECT_THAT([&] { join(configuration); }, ThrowsMessage<Error>(HasSubstr(why)));
    }
    void submit(Member& member, std::string_view command = "a") {
        member.submit(as_bytes(command), in(kSoon), told());
    }
};

TEST_F(BadUse, AnAddressThatIsHeldIsNamedAndTheHolderGoesOn) {
    Member first = join(configuration(1, 1));
    expect_refusal<std::runtime_error>(configuration(1, 1), addresses_[0] + " is in use");
    submit(first);
    EXPECT_EQ(outcomes_.wait_for(1), std::vector<std::string>{"0:"});
}

TEST_F(BadUse, AnAddressOfAnotherHostIsNamed) {
    Configuration elsewhere = configuration(1);
    elsewhere.servers[0].address = "192.0.2.7:7001";  // nobody's, RFC 5737
    expect_refusal<std::runtime_error>(elsewhere, "192.0.2.7");
}

TEST_F(BadUse, AQueueThatHasNoRoomForAnythingIsRefusedAndOneWithoutAnEndIsNot) {
    Configuration odd = configuration(1, 1);
    odd.queue_bytes_max = 0;
    expect_refusal<std::invalid_argument>(odd, "queue_bytes_max: at least");
    odd.queue_bytes_max = std::numeric_limits<std::size_t>::max();
    Member member = join(odd);
    submit(member);
    EXPECT_EQ(outcomes_.wait_for(1), std::vector<std::string>{"0:"});
}

TEST_F(BadUse, TheSmallestHistoryAndBufferAreEnoughForALargeCommand) {
    Configuration small = configuration(1, 1);
    small.history_bytes = 1 << 20;
    small.receive_buffer_bytes = 64 << 10;
    Member member = join(small);
    submit(member, std::string(3 << 20, 'x'));
    EXPECT_EQ(outcomes_.wait_for(1), std::vector<std::string>{"0:"});
}

TEST_F(BadUse, WhatIsToBeCalledMustBeThere) {
    EXPECT_THROW(static_cast<void>(Member::join(configuration(1, 1), nullptr)), std::invalid_argument);
    EXPECT_THROW(Member(configuration(1, 1), nullptr), std::invalid_argument);
    Member member = join(configuration(1, 1));
    EXPECT_THROW(member.read(Consistency::stale, in(kSoon), nullptr), std::invalid_argument);
    member.submit(as_bytes("nobody asks"), in(kSoon), nullptr);
    submit(member);
    EXPECT_EQ(outcomes_.wait_for(1), std::vector<std::string>{"1:"});
}

TEST_F(BadUse, WhatIsSubmittedTooLateIsNeverSent) {
    Collected<std::string> delivered;
    Member member = Member::join(configuration(1, 1), [&](std::span<const rsm::LogEntry> entries) {
        for (const rsm::LogEntry& entry : entries)
            delivered.add(std::string(as_text(entry.command)));
    });
    member.submit(as_bytes("late"), in(-1ms), told());
    member.submit(as_bytes("before there was time"), Deadline::min(), told());
    member.submit(as_bytes("in time"), in(kSoon), told());
    EXPECT_EQ(outcomes_.wait_for(3), (std::vector<std::string>{"overloaded", "overloaded", "0:"}));
    EXPECT_EQ(delivered.wait_for(1), std::vector<std::string>{"in time"});
}

TEST_F(BadUse, ManyThreadsMaySubmitAtOnceAndEachIsToldOfItsOwn) {
    constexpr long long kThreads = 4;
    constexpr long long kEach = 300;
    Replicated<Sum> sum(configuration(1, 1));
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&] {
            for (int k = 0; k < kEach; ++k)
                sum.submit(as_bytes("1"), in(kSoon), told());
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    auto told = outcomes_.wait_for(kThreads * kEach);
    std::sort(told.begin(), told.end());
    std::vector<std::string> wanted;
    for (long long k = 0; k < kThreads * kEach; ++k)
        wanted.push_back(std::to_string(k) + ":" + std::to_string(k + 1));
    std::sort(wanted.begin(), wanted.end());
    EXPECT_EQ(told, wanted);
}

TEST_F(BadUse, WhoLeavesInTheMiddleOfMuchHasToldAllBeforeItIsGone) {
    constexpr std::size_t kThreads = 3;
    constexpr std::size_t kEach = 200;
    {
        Member member = join(configuration(1));
        Member other = join(configuration(2));
        std::vector<std::thread> threads;
        threads.reserve(kThreads);
        for (std::size_t t = 0; t < kThreads; ++t) {
            threads.emplace_back([&] {
                for (std::size_t k = 0; k < kEach; ++k)
                    submit(member);
            });
        }
        for (std::thread& thread : threads)
            thread.join();
    }
    EXPECT_THAT(outcomes_.now(), SizeIs(kThreads * kEach));
}

TEST_F(BadUse, ACallbackMaySubmitAndRead) {
    Member member = join(configuration(1, 1));
    member.submit(as_bytes("a"), in(kSoon), [&](const Outcome&) {
        submit(member);
        member.read(Consistency::linearizable, in(kSoon),
                    [&](bool reached) { outcomes_.add(reached ? "read" : "not read"); });
    });
    EXPECT_EQ(outcomes_.wait_for(2), (std::vector<std::string>{"1:", "read"}));
}

TEST_F(BadUse, AnOutcomesCallbackThatThrowsEndsItsMemberAndTheOthersAreTold) {
    Member member = join(configuration(1, 1));
    member.submit(as_bytes("a"), in(kSoon),
                  [](const Outcome&) { throw std::runtime_error("of an outcome"); });
    for (int k = 0; k < 10; ++k)
        submit(member);
    EXPECT_THAT(outcomes_.wait_for(10), SizeIs(10));
    EXPECT_THAT(member.failure(), Optional(HasSubstr("of an outcome")));
}

TEST_F(BadUse, AReadsCallbackThatThrowsEndsItsMemberAndTheOthersAreTold) {
    for (const Consistency consistency : {Consistency::stale, Consistency::linearizable}) {
        Collected<bool> read;
        Member member = join(configuration(1, 1));
        member.read(consistency, in(kSoon), [](bool) { throw 7; });
        for (int k = 0; k < 10; ++k)
            member.read(consistency, in(kSoon), [&](bool reached) { read.add(reached); });
        EXPECT_THAT(read.wait_for(10), SizeIs(10));
        EXPECT_THAT(member.failure(), Optional(HasSubstr("no std::exception")));
    }
}

TEST_F(BadUse, OneThatItsCallerDrivesFailsInItsTurnAndNotItsCaller) {
    Configuration driven = configuration(1, 1);
    driven.drive = Configuration::Drive::caller;
    Member member = join(driven);
    member.read(Consistency::stale, in(kSoon), [](bool) { throw std::runtime_error("in a turn"); });
    submit(member);
    member.turn();
    EXPECT_THAT(outcomes_.now(), SizeIs(1));
    EXPECT_THAT(member.failure(), Optional(HasSubstr("in a turn")));
    member.turn();
    submit(member);
    EXPECT_THAT(outcomes_.now(), Each("overloaded"));
}

}  // namespace
}  // namespace synod::member

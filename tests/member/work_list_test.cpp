#include "synod/member/work_list.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace synod::member {
namespace {

class Works : public ::testing::Test {
protected:
    static Time at(std::uint64_t ms) { return Time{} + milliseconds(ms); }

    void add(std::string name, Time deadline = kNever) {
        Work work;
        work.deadline = deadline;
        work.cost = 10;
        work.command.assign(1, static_cast<std::byte>(name[0]));
        work.done = [this, name = std::move(name)](const Outcome& outcome) {
            const bool overloaded = std::holds_alternative<Overloaded>(outcome);
            told_.push_back(name + (overloaded ? " overloaded" : " unknown"));
        };
        list_.add(std::move(work));
    }
    char send() { return list_.has_unsent() ? static_cast<char>(list_.send_next().command[0]) : '-'; }

    std::vector<std::string> told_;
    WorkList list_;
};

TEST_F(Works, AreSentAndDecidedInTheirOrder) {
    add("a");
    add("b");
    EXPECT_EQ(send(), 'a');
    EXPECT_EQ(send(), 'b');
    EXPECT_EQ(send(), '-');
    EXPECT_EQ(list_.take_sent().command[0], std::byte{'a'});
    EXPECT_EQ(list_.take_sent().command[0], std::byte{'b'});
    list_.abandon();
    EXPECT_TRUE(told_.empty());  // whoever took them tells
}

TEST_F(Works, WhatItsDeadlineOvertakesUnsentIsNeverSentAndLeaves) {
    add("a", at(20));
    add("b", at(10));
    add("c");
    EXPECT_EQ(list_.deadline(), at(10));
    EXPECT_EQ(list_.expire(at(9)), 0U);
    EXPECT_EQ(list_.expire(at(10)), 10U);
    EXPECT_EQ(told_, std::vector<std::string>{"b overloaded"});
    EXPECT_EQ(send(), 'a');
    EXPECT_EQ(send(), 'c');
}

TEST_F(Works, WhatItsDeadlineOvertakesOnItsWayIsToldOnceAndStillExpectedOutOfTheLog) {
    add("a", at(10));
    add("b");
    EXPECT_EQ(send(), 'a');
    EXPECT_EQ(send(), 'b');
    EXPECT_EQ(list_.expire(at(10)), 0U);  // it keeps its place
    EXPECT_EQ(told_, std::vector<std::string>{"a unknown"});
    EXPECT_FALSE(list_.take_sent().done);
    EXPECT_EQ(list_.take_sent().command[0], std::byte{'b'});
}

TEST_F(Works, NoDeadlineIsLeftOfWhatWasDecided) {
    add("a", at(10));
    EXPECT_EQ(send(), 'a');
    EXPECT_TRUE(list_.take_sent().done);
    EXPECT_EQ(list_.deadline(), kNever);
    EXPECT_EQ(list_.expire(at(10)), 0U);
}

TEST_F(Works, AllThatIsLeftIsToldWhenTheyAreAbandonedEvenIfOneThrows) {
    Work thrower;
    thrower.done = [](const Outcome&) { throw std::runtime_error("a callback"); };
    list_.add(std::move(thrower));
    add("a");
    add("b");
    static_cast<void>(list_.send_next());
    EXPECT_EQ(send(), 'a');
    list_.abandon();
    EXPECT_EQ(told_, (std::vector<std::string>{"a unknown", "b overloaded"}));
    EXPECT_FALSE(list_.has_unsent());
}

}  // namespace
}  // namespace synod::member

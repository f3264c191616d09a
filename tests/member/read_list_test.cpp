#include "synod/member/read_list.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace synod::member {
namespace {

class Reads : public ::testing::Test {
protected:
    static Time at(std::uint64_t ms) { return Time{} + milliseconds(ms); }

    void add(std::string name, std::uint64_t question, Time began = {}, Time deadline = kNever) {
        list_.add(question, began, deadline, [this, name = std::move(name)](bool reached) {
            told_.push_back(name + (reached ? " reached" : " not reached"));
        });
    }
    // Those that are told now.
    std::vector<std::string> told(Time now) {
        told_.clear();
        while (const auto answer = list_.take(now))
            answer->use(answer->reached);
        return told_;
    }

    using Strings = std::vector<std::string>;
    ReadList list_;
    Strings told_;
};

TEST_F(Reads, AreToldInTheirOrderWhenTheirQuestionsAreDone) {
    add("a", 7);
    add("b", 7);
    add("c", 8);
    EXPECT_EQ(told(at(1)), Strings{});
    list_.question_done(7);
    EXPECT_EQ(told(at(1)), (Strings{"a reached", "b reached"}));
    list_.question_done(8);
    EXPECT_EQ(told(at(1)), Strings{"c reached"});
}

TEST_F(Reads, WhatItsDeadlineOvertakesIsToldSo) {
    add("a", 7, {}, at(9));
    add("b", 7, {}, at(5));
    EXPECT_EQ(list_.deadline(), at(5));
    EXPECT_EQ(told(at(5)), Strings{"b not reached"});
    EXPECT_EQ(list_.deadline(), at(9));
    list_.question_done(7);
    EXPECT_EQ(told(at(9)), Strings{"a reached"});
    EXPECT_EQ(list_.deadline(), kNever);
}

TEST_F(Reads, ThatWaitForLongWantAMarkWhichIsForAllThatBeganBefore) {
    add("a", 7, at(10));
    EXPECT_FALSE(list_.wants_mark(at(29)));
    EXPECT_EQ(list_.deadline(), at(30));
    EXPECT_TRUE(list_.wants_mark(at(30)));
    add("b", 8, at(30));
    list_.mark_sent();
    EXPECT_FALSE(list_.wants_mark(at(30)));  // one at a time
    add("c", 8, at(31));
    EXPECT_EQ(told(at(40)), Strings{});
    list_.mark_back(true);
    EXPECT_EQ(told(at(40)), (Strings{"a reached", "b reached"}));
    EXPECT_TRUE(list_.wants_mark(at(51)));  // for c
}

TEST_F(Reads, AMarkThatNeverComesOutIsForNobody) {
    add("a", 7, at(10));
    list_.mark_sent();
    list_.mark_back(false);
    EXPECT_EQ(told(at(40)), Strings{});
    EXPECT_TRUE(list_.wants_mark(at(40)));
}

}  // namespace
}  // namespace synod::member

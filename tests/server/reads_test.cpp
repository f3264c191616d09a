#include "synod/server/reads.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "synod/member/read_list.hpp"

namespace synod::server {
namespace {

constexpr Connections::Ticket kAnn{1, 0};
constexpr Connections::Ticket kBob{2, 0};

class ReadsTest : public testing::Test {
protected:
    void add(Connections::Ticket ticket, const std::string& operation, std::uint64_t question,
             Time now = {}) {
        reads_.add(ticket, operation, question, now);
    }
    using Answered = std::vector<std::string>;
    static void note(std::span<const Reads::Read> reads, Answered& answered) {
        for (const Reads::Read& read : reads)
            answered.push_back(read.operation);
    }
    Answered write_comes() {
        Answered answered;
        reads_.write_comes([&](std::span<const Reads::Read> reads) { note(reads, answered); });
        return answered;
    }
    Answered questions_done(std::uint64_t question) {
        Answered answered;
        reads_.questions_done(question, [&](std::span<const Reads::Read> reads) { note(reads, answered); });
        return answered;
    }

    Reads reads_;
};

TEST_F(ReadsTest, AReadIsAnsweredWhenItsQuestionIsDoneAndNotBefore) {
    add(kAnn, "a", 5);
    add(kBob, "b", 6);
    EXPECT_EQ(questions_done(4), Answered{});
    EXPECT_EQ(questions_done(5), Answered{"a"});
    EXPECT_EQ(questions_done(6), Answered{"b"});
    EXPECT_EQ(reads_.answered(), 2U);
}

TEST_F(ReadsTest, AReadWaitsForTheWritesThatItsClientSentBeforeIt) {
    reads_.wrote(kAnn);
    add(kAnn, "after", 5);
    EXPECT_EQ(questions_done(5), Answered{});
    EXPECT_EQ(write_comes(), Answered{});
    EXPECT_EQ(questions_done(5), Answered{"after"});
}

TEST_F(ReadsTest, AReadWhoseQuestionIsDoneAlreadyIsAnsweredInItsTurn) {
    add(kAnn, "a", 5);
    EXPECT_EQ(questions_done(5), Answered{"a"});
    EXPECT_EQ(questions_done(5), Answered{});
    add(kBob, "b", 5);
    EXPECT_EQ(questions_done(5), Answered{"b"});
}

TEST_F(ReadsTest, AReadDoesNotWaitForTheWritesOfOthers) {
    reads_.wrote(kAnn);
    add(kBob, "b", 5);
    EXPECT_EQ(questions_done(5), Answered{"b"});
}

TEST_F(ReadsTest, AWriteIsAppliedOnlyWhenTheReadsBeforeItAreAnswered) {
    add(kAnn, "first", 5);
    reads_.wrote(kAnn);
    add(kAnn, "second", 6);
    reads_.wrote(kAnn);
    EXPECT_EQ(write_comes(), Answered{"first"});
    EXPECT_EQ(write_comes(), Answered{"second"});
}

TEST_F(ReadsTest, AWriteThatWasSubmittedAfterAReadAnswersItWhoeverSentIt) {
    add(kAnn, "a", 5);
    reads_.wrote(kBob);
    EXPECT_EQ(write_comes(), Answered{"a"});
}

TEST_F(ReadsTest, AWriteThatWasSubmittedBeforeAReadTellsItNothing) {
    reads_.wrote(kBob);
    add(kAnn, "a", 5);
    EXPECT_EQ(write_comes(), Answered{});
    EXPECT_EQ(questions_done(4), Answered{});
}

TEST_F(ReadsTest, ReadsOfAClientAreAnsweredInTheirOrderThoughOneWaitsForAWrite) {
    reads_.wrote(kAnn);
    add(kAnn, "a1", 5);
    add(kBob, "b1", 5);
    add(kAnn, "a2", 6);
    add(kBob, "b2", 6);
    EXPECT_EQ(questions_done(6), (Answered{"b1", "b2"}));
    write_comes();
    EXPECT_EQ(questions_done(6), (Answered{"a1", "a2"}));
}

TEST_F(ReadsTest, AReadThatNeedsTheTimeWaitsForTheMarkThatBringsIt) {
    reads_.wrote_mark();
    reads_.follow_last_write(kAnn);
    add(kAnn, "ttl", 5);
    add(kBob, "get", 5);
    EXPECT_EQ(questions_done(5), Answered{"get"});
    write_comes();
    EXPECT_EQ(questions_done(5), Answered{"ttl"});
}

TEST_F(ReadsTest, AMarkIsDueWhenTheOldestReadHasWaitedForLongAndNoWriteIsBehindIt) {
    EXPECT_EQ(reads_.mark_due(), kNever);
    const Time began{1000};
    add(kAnn, "a", 5, began);
    EXPECT_FALSE(reads_.wants_mark(began));
    EXPECT_TRUE(reads_.wants_mark(began + member::ReadList::kPatience));
    reads_.wrote_mark();
    EXPECT_EQ(reads_.mark_due(), kNever);
    EXPECT_EQ(write_comes(), Answered{"a"});
}

TEST_F(ReadsTest, AWriteThatIsSkippedTellsNoReadAnything) {
    add(kAnn, "a", 5);
    reads_.wrote(kBob);
    add(kBob, "b", 5);
    reads_.wrote(kBob);
    reads_.skip_writes(1);
    EXPECT_EQ(questions_done(4), Answered{});
    EXPECT_EQ(write_comes(), (Answered{"a", "b"}));
}

TEST_F(ReadsTest, AReadDoesNotWaitForAWriteThatIsSkipped) {
    reads_.wrote(kAnn);
    add(kAnn, "after", 5);
    EXPECT_EQ(questions_done(5), Answered{});
    reads_.skip_writes(1);
    EXPECT_EQ(questions_done(5), Answered{"after"});
}

TEST_F(ReadsTest, AMarkIsDueWhenAllWritesBehindTheOldestReadAreSkipped) {
    add(kAnn, "a", 5, Time{1000});
    reads_.wrote(kBob);
    EXPECT_EQ(reads_.mark_due(), kNever);
    reads_.skip_writes(1);
    EXPECT_EQ(reads_.mark_due(), Time{1000} + member::ReadList::kPatience);
}

TEST_F(ReadsTest, ManyAreAnsweredSomeAtATimeAndInTheirOrder) {
    Answered all;
    for (int k = 0; k < 1000; ++k) {
        all.push_back(std::to_string(k));
        add(kAnn, all.back(), 5);
    }
    EXPECT_EQ(questions_done(5), all);
    EXPECT_TRUE(reads_.empty());
}

TEST_F(ReadsTest, WhatItHoldsIsBounded) {
    add(kAnn, std::string(Reads::kHeldBytesMax, 'x'), 5);
    EXPECT_FALSE(reads_.has_room());
    questions_done(5);
    EXPECT_TRUE(reads_.has_room());
}

}  // namespace
}  // namespace synod::server

#include "core/client_test.hpp"

#include "synod/core/delivery.hpp"

namespace synod::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(ClientTest, AValueGoesToTheLeaderAtOnce) {
    EXPECT_TRUE(client_.all_decided());
    EXPECT_TRUE(write("a"));
    EXPECT_THAT(flush(), ElementsAre(ElementsAre("1:0:a")));
    EXPECT_THAT(to_, ElementsAre(at(proposer())));
    EXPECT_FALSE(client_.all_decided());
    EXPECT_THAT(flush(), IsEmpty());
}

TEST_F(ClientTest, WithoutALeaderAValueGoesToAllProposers) {
    client_ = Client(options());
    write("a");
    flush();
    EXPECT_THAT(to_, ElementsAre(to_all(Role::proposer)));
    ack({.admitted = 1, .ballot = Ballot{}});
    write("b");
    now_ = now_ + microseconds(200);
    flush();
    EXPECT_THAT(to_, ElementsAre(to_all(Role::proposer))) << "the one that answered does not lead";
}

TEST_F(ClientTest, WhenTheLeaderIsSilentAllProposersAreAskedUntilOneAnswers) {
    write("a");
    flush();
    now_ = client_.deadline();
    flush();
    EXPECT_THAT(to_, ElementsAre(at(proposer()))) << "it may be slow";
    now_ = client_.deadline();
    EXPECT_THAT(flush(), ElementsAre(ElementsAre("1:0:a")));
    EXPECT_THAT(to_, ElementsAre(to_all(Role::proposer)));
    ack({.admitted = 1});
    write("b");
    now_ = now_ + microseconds(200);
    flush();
    EXPECT_THAT(to_, ElementsAre(at(proposer())));
}

TEST_F(ClientTest, WhenAReignBeginsAllProposersAreSentEverythingUntilOneAnswers) {
    write("a");
    flush();
    reign_begins(b(2, 2));
    EXPECT_THAT(flush(), ElementsAre(ElementsAre("1:0:a")));
    EXPECT_THAT(to_, ElementsAre(to_all(Role::proposer)));
}

TEST_F(ClientTest, ValuesWrittenTogetherShareARun) {
    write("a");
    write("");
    write("a");
    EXPECT_EQ(client_.values_written(), 3u);
    EXPECT_THAT(flush(), ElementsAre(ElementsAre("1:0:a", "1:1:", "1:2:a")));
}

TEST_F(ClientTest, WhileSomethingIsUnderWayMoreIsGathered) {
    send_runs(1);
    write("b");
    EXPECT_THAT(flush(), IsEmpty());
    EXPECT_EQ(client_.deadline(), now_ + microseconds(200));
    now_ = now_ + microseconds(100);
    write("c");
    now_ = now_ + microseconds(100);
    EXPECT_THAT(flush(), ElementsAre(ElementsAre("1:1:b", "1:2:c")));
}

TEST_F(ClientTest, AFullRunWaitsForNobody) {
    send_runs(1);
    for (int k = 0; k < 5; ++k)
        write(std::string(60, 'x'));
    EXPECT_EQ(flush().size(), 2u);
}

// Invariant C1.
TEST_F(ClientTest, NothingIsForgottenBeforeItIsSaidToBeDecided) {
    send_runs(3);
    ack({.next = 0, .admitted = 3});
    EXPECT_FALSE(client_.all_decided());
    EXPECT_EQ(client_.values_decided(), 0u);
    ack({.next = 2, .admitted = 3});
    EXPECT_EQ(client_.values_decided(), 2u);
    ack({.next = 1, .admitted = 3});  // an old one
    EXPECT_EQ(client_.values_decided(), 2u);
    ack({.next = 3, .admitted = 3});
    EXPECT_EQ(client_.values_decided(), 3u);
    EXPECT_TRUE(client_.all_decided());
    flush();
    EXPECT_EQ(client_.deadline(), kNever);
}

TEST_F(ClientTest, ARunPartlyDecidedIsKeptAndSentAgainWhole) {
    write("a");
    write("b");
    flush();
    ack({.next = 1, .admitted = 1, .gap_end = 2});
    EXPECT_EQ(client_.values_decided(), 0u);
    EXPECT_THAT(flush(), ElementsAre(ElementsAre("1:0:a", "1:1:b")));
    ack({.next = 2, .admitted = 2});
    EXPECT_EQ(client_.values_decided(), 2u);
}

TEST_F(ClientTest, WhatConcernsAnotherSessionOrWasNeverWrittenIsIgnored) {
    send_runs(1);
    outbox_.clear();
    client_.on(Ack{s(2), p(1), p(1), p(1), 1000, b(1)}, proposer(), now_, outbox_);
    ack({.next = 2, .admitted = 2});
    EXPECT_EQ(client_.values_decided(), 0u);
    EXPECT_FALSE(client_.all_decided());
}

TEST_F(ClientTest, AProposerThatDoesNotLeadMayStillSayWhatIsDecided) {
    send_runs(2);
    ack({.next = 1, .admitted = 1, .credit = 0, .ballot = Ballot{}});
    EXPECT_EQ(client_.values_decided(), 1u);
    now_ = now_ + milliseconds(1);
    write("c");
    now_ = now_ + milliseconds(1);
    EXPECT_THAT(flush(), ElementsAre(ElementsAre("1:2:c"))) << "its word on credit does not count";
}

// ---- Credit and room -----------------------------------------------------------------------------------

TEST_F(ClientTest, NoMoreIsUnderWayThanThereIsCreditFor) {
    const std::size_t run = kRunHeaderBytes + 100;
    ack({.credit = static_cast<std::uint32_t>(2 * run)});
    for (int k = 0; k < 4; ++k)
        ASSERT_TRUE(write(std::string(100, 'x')));
    now_ = now_ + milliseconds(1);
    EXPECT_EQ(flush().size(), 2u);
    EXPECT_EQ(flush().size(), 0u);
    ack({.next = 1, .admitted = 2, .credit = static_cast<std::uint32_t>(2 * run)});
    EXPECT_EQ(flush().size(), 1u);
    ack({.next = 1, .admitted = 3, .credit = static_cast<std::uint32_t>(3 * run)});
    EXPECT_EQ(flush().size(), 1u);
}

TEST_F(ClientTest, HoweverLittleCreditThereIsOneRunMayBeUnderWay) {
    ack({.credit = 1});
    write("a");
    write(std::string(180, 'x'));
    EXPECT_EQ(flush().size(), 1u);
}

TEST_F(ClientTest, WithoutCreditItWaitsUntilItIsGivenSome) {
    send_runs(1);
    ack({.next = 1, .admitted = 1, .credit = 0});
    write("b");
    EXPECT_THAT(flush(), IsEmpty());
    now_ = now_ + milliseconds(199);
    EXPECT_THAT(flush(), IsEmpty());
    ack({.next = 1, .admitted = 1});
    EXPECT_THAT(flush(), ElementsAre(ElementsAre("1:1:b")));
}

TEST_F(ClientTest, AWaitingClientAsksAfterAWhileByWhatItSendsNext) {
    send_runs(1);
    ack({.next = 1, .admitted = 1, .credit = 0});
    const Time told = now_;
    for (const char* value : {"b", "c"}) {
        write(value);
        now_ = now_ + milliseconds(1);
        EXPECT_THAT(flush(), IsEmpty());
    }
    EXPECT_EQ(client_.deadline(), told + milliseconds(201));
    now_ = client_.deadline();
    EXPECT_THAT(flush(), ElementsAre(ElementsAre("1:1:b")));
    EXPECT_THAT(to_, ElementsAre(at(proposer())));
    const Client unanswered = client_;
    ack({.next = 2, .admitted = 2, .credit = 0});
    EXPECT_THAT(flush(), IsEmpty()) << "the answer was to wait still";
    EXPECT_EQ(client_.deadline(), now_ + milliseconds(200));

    client_ = unanswered;
    now_ = now_ + milliseconds(8);
    EXPECT_THAT(flush(), ElementsAre(ElementsAre("1:1:b")));
    EXPECT_THAT(to_, ElementsAre(to_all(Role::proposer)));
}

TEST_F(ClientTest, ANewLeaderHasNotToldAnybodyToWait) {
    send_runs(1);
    ack({.next = 1, .admitted = 1, .credit = 0});
    write("b");
    EXPECT_THAT(flush(), IsEmpty());
    reign_begins(b(2, 2));
    EXPECT_THAT(flush(), ElementsAre(ElementsAre("1:1:b")));
}

TEST_F(ClientTest, WhenItsBufferIsFullItTakesNoMore) {
    unsigned taken = 0;
    while (write(std::string(100, 'x')))
        ++taken;
    EXPECT_FALSE(client_.has_room());
    EXPECT_GE(taken, 7u);
    EXPECT_LE(taken, 9u);
    EXPECT_EQ(client_.values_written(), taken);
    flush();
    ack({.next = 2, .admitted = taken});
    EXPECT_TRUE(client_.has_room());
    EXPECT_TRUE(write("again"));
}

TEST_F(ClientTest, ItTakesWhatMayBeUnderWayAndARunAndNoMore) {
    ack({.credit = 600});
    while (write(std::string(50, 'x')))
        flush();
    EXPECT_GE(client_.buffered_bytes(), 800u);
    EXPECT_LT(client_.buffered_bytes(), 800u + 200u);
    EXPECT_FALSE(client_.has_room());
    ack({.credit = 1000});
    EXPECT_TRUE(client_.has_room());
    ack({.credit = 0});
    EXPECT_FALSE(client_.has_room());
    ack({.next = client_.written_below().value(), .admitted = client_.written_below().value(), .credit = 0});
    EXPECT_TRUE(client_.has_room()) << "for a run, which waits here";
}

TEST_F(ClientTest, WhatDoesNotFitIsWrittenLaterAndNothingIsLost) {
    const std::string large(3000, 'x');
    Bytes rest = v(large);
    std::string delivered;
    Delivery delivery;
    bool all = false;
    for (int k = 0; k < 20 && !(all && client_.all_decided()); ++k) {
        if (!all) {
            const auto written = client_.write(rest, true, now_);
            rest = rest.subspan(written.bytes);
            all = written.all;
            EXPECT_EQ(all, rest.empty());
            EXPECT_EQ(client_.values_written(), all ? 1u : 0u);
        }
        now_ = now_ + milliseconds(1);
        flush();
        for (const Submit& submit : sent<Submit>(outbox_)) {
            delivery.deliver(submit.run, [&](SessionId, Bytes value) { delivered = text(value); });
        }
        const std::uint64_t next = delivery.sessions().next(s(1)).value();
        ack({.next = next, .admitted = next, .credit = 100'000});
    }
    EXPECT_TRUE(all);
    EXPECT_EQ(delivered, large);
    EXPECT_EQ(client_.values_decided(), 1u);
    EXPECT_TRUE(client_.all_decided());
}

TEST_F(ClientTest, AValueMayBeWrittenInParts) {
    EXPECT_TRUE(client_.write(v("be"), false, now_).all);
    EXPECT_TRUE(client_.write({}, false, now_).all);
    EXPECT_TRUE(client_.write(v("gin"), false, now_).all);
    EXPECT_EQ(client_.values_written(), 0u);
    EXPECT_TRUE(client_.write({}, true, now_).all);
    EXPECT_EQ(client_.values_written(), 1u);
    EXPECT_TRUE(write("next"));
    std::vector<std::string> values;
    Delivery delivery;
    for (int k = 0; k < 2; ++k) {
        now_ = now_ + milliseconds(1);
        flush();
        for (const Submit& submit : sent<Submit>(outbox_)) {
            delivery.deliver(submit.run, [&](SessionId, Bytes value) { values.push_back(text(value)); });
        }
    }
    EXPECT_THAT(values, ElementsAre("begin", "next"));
}

// Each may become an instance of its own: a credit of bytes alone would let any number of them through.
TEST_F(ClientTest, EmptyValuesCountForEightBytes) {
    std::size_t written = 0;
    while (written < 1000 && write(""))
        ++written;
    EXPECT_GE(written, 1000u / 8) << "the buffer is full";
    EXPECT_LE(written, (1000u + 200u) / 8);
    std::size_t pieces = 0;
    for (const auto& run : flush()) {
        EXPECT_LE(run.size(), 200u / 8) << "of a run";
        pieces += run.size();
    }
    EXPECT_GT(pieces, (1000u - 200u) / 8);
    EXPECT_LE(pieces, 1000u / 8) << "of the credit";
}

// ---- As a value ----------------------------------------------------------------------------------------

TEST_F(ClientTest, ACopyIsEqualAndGoesItsOwnWay) {
    write("a");
    const Client copy = client_;
    EXPECT_EQ(copy, client_);
    EXPECT_EQ(copy.hash(), client_.hash());
    flush();
    EXPECT_FALSE(copy == client_);
    EXPECT_NE(copy.hash(), client_.hash());
}

}  // namespace
}  // namespace synod::test

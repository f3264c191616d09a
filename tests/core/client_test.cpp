#include "synod/core/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

#include "core/core_test.hpp"
#include "synod/core/delivery.hpp"

namespace synod::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ClientTest : public testing::Test {
protected:
    static Client::Options options() {
        return {.session = s(1), .run_bytes_max = 200, .buffer_bytes_max = 1000, .credit_first = 1000};
    }

    void SetUp() override { ack({}); }  // there is a leader

    bool write(std::string_view value) { return client_.write(v(value), true, now_).all; }
    // What a flush sends: the pieces of each run.
    std::vector<std::vector<std::string>> flush() {
        outbox_.clear();
        client_.tick(now_, outbox_);
        client_.check_invariants();
        to_ = destinations<Submit>(outbox_);
        std::vector<std::vector<std::string>> runs;
        for (const Submit& submit : sent<Submit>(outbox_)) {
            EXPECT_TRUE(read_single_run(submit.run));
            runs.push_back(pieces_of(submit.run));
        }
        return runs;
    }
    static Destination at(const Sender& leader) {
        return Destination::to_process_or_group(leader.endpoint, Role::proposer);
    }
    struct Said {
        std::uint64_t next = 0;
        std::uint64_t admitted = 0;
        std::uint64_t gap_end = 0;
        std::uint32_t credit = 1000;
        Ballot ballot = b(1);
    };
    void ack(const Said& said) {
        outbox_.clear();
        client_.on(Ack{s(1), p(said.next), p(said.admitted), p(said.gap_end), said.credit, said.ballot},
                   proposer(), now_, outbox_);
        client_.check_invariants();
    }
    void reign_begins(Ballot ballot) {
        client_.on(Beacon{{ballot, i(0), i(0)}, i(0)}, proposer(ballot.proposer.value()), now_, outbox_);
        client_.check_invariants();
    }
    // Writes n values "0", "1"... each a run of its own, and sends them.
    void send_runs(unsigned n) {
        for (unsigned k = 0; k < n; ++k) {
            ASSERT_TRUE(write(std::to_string(k)));
            now_ = now_ + microseconds(200);
            flush();
        }
    }

    // Until nobody has answered for so long that it sends again what may be lost: the leader was asked
    // before.
    std::vector<std::vector<std::string>> flush_unanswered() {
        now_ = client_.deadline();
        EXPECT_EQ(flush().size(), 1u);
        EXPECT_THAT(to_, ElementsAre(at(proposer())));
        now_ = client_.deadline();
        return flush();
    }

    // Sends values one after the other; how many runs it sends again.
    std::size_t learn_round_trip(Duration round_trip) {
        std::size_t again = 0;
        for (std::uint64_t n = 1; n <= 100; ++n) {
            EXPECT_TRUE(write("x"));
            flush();
            const Time answered = now_ + round_trip;
            while (client_.deadline() < answered) {
                now_ = client_.deadline();
                again += flush().size();
            }
            now_ = answered;
            ack({.next = n, .admitted = n});
        }
        return again;
    }

    std::vector<Destination> to_;  // where the last flush sent its runs
    Client client_{options()};
    Outbox outbox_;
    Time now_ = ms(10);
};

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

// ---- Loss ----------------------------------------------------------------------------------------------

TEST_F(ClientTest, AGapIsSentAgainAndOnlyTheGap) {
    send_runs(5);
    ack({.next = 0, .admitted = 1, .gap_end = 3});
    EXPECT_THAT(flush(), ElementsAre(ElementsAre("1:1:1"), ElementsAre("1:2:2")));
    ack({.next = 0, .admitted = 1, .gap_end = 3});
    EXPECT_THAT(flush(), IsEmpty()) << "it is on its way";
    now_ = now_ + milliseconds(2);
    ack({.next = 0, .admitted = 1, .gap_end = 3});
    EXPECT_EQ(flush().size(), 2u) << "lost again";
    ack({.next = 0, .admitted = 2, .gap_end = 3});
    EXPECT_THAT(flush(), IsEmpty()) << "the rest of it is on its way";
    now_ = now_ + milliseconds(2);
    EXPECT_THAT(flush(), ElementsAre(ElementsAre("1:2:2")));
    ack({.next = 0, .admitted = 5, .gap_end = 5});
    EXPECT_THAT(flush(), IsEmpty());
}

TEST_F(ClientTest, WithoutAnAnswerItSendsAgainEverMoreSeldom) {
    send_runs(2);
    std::vector<Time> tries{now_};
    for (int k = 0; k < 8; ++k) {
        ASSERT_GT(client_.deadline(), now_);
        ASSERT_NE(client_.deadline(), kNever);
        now_ = client_.deadline();
        const auto again = flush();
        EXPECT_EQ(again.size(), k == 0 ? 1u : 2u);
        tries.push_back(now_);
    }
    EXPECT_LE(tries[1].since(tries[0]), milliseconds(8));
    EXPECT_EQ(tries[2].since(tries[1]), milliseconds(8)) << "the leader was only asked";
    for (std::size_t k = 3; k < tries.size(); ++k) {
        EXPECT_EQ(tries[k].since(tries[k - 1]),
                  std::min(tries[k - 1].since(tries[k - 2]) * 2, milliseconds(200)));
    }
    ack({.next = 1, .admitted = 2});
    EXPECT_EQ(client_.deadline(), now_ + milliseconds(200)) << "it may answer what was sent first, or last";
    ack({.next = 2, .admitted = 2});
    send_runs(2);
    ack({.next = 3, .admitted = 4});
    EXPECT_EQ(client_.deadline(), now_ + milliseconds(8))
        << "what was sent once, and answered, makes hopeful";
}

TEST_F(ClientTest, WhereAnswersTakeLongNothingIsSentAgainBeforeTheyCanHaveCome) {
    EXPECT_LE(learn_round_trip(milliseconds(30)), 3u) << "until it had learned";
}

TEST_F(ClientTest, AnAnswerToWhatTheFormerLeaderWasSentSaysNothingOfTheRoundTrip) {
    learn_round_trip(milliseconds(30));
    ASSERT_TRUE(write("x"));
    flush();
    now_ = now_ + milliseconds(29);
    reign_begins(b(2));
    EXPECT_EQ(flush().size(), 1u);
    now_ = now_ + milliseconds(1);
    const std::uint64_t all = client_.written_below().value();
    ack({.next = all, .admitted = all, .ballot = b(2)});
    ASSERT_TRUE(write("y"));
    flush();
    EXPECT_EQ(client_.deadline(), now_ + milliseconds(60));
}

TEST_F(ClientTest, WhenAllWasLostEachAnswerBringsTheNextOnesAgain) {
    send_runs(20);
    EXPECT_EQ(flush_unanswered().size(), 8u);
    ack({.next = 3, .admitted = 7});
    EXPECT_THAT(flush(), IsEmpty()) << "the last of them may still be on its way";
    ack({.next = 7, .admitted = 8});
    EXPECT_EQ(flush().size(), 8u);
    ASSERT_TRUE(write("20"));
    now_ = now_ + microseconds(200);
    EXPECT_EQ(flush().size(), 1u);
    ack({.next = 16, .admitted = 16});
    EXPECT_THAT(flush(), ElementsAre(ElementsAre("1:16:16"), ElementsAre("1:17:17"), ElementsAre("1:18:18"),
                                     ElementsAre("1:19:19")))
        << "what was sent since then is not in doubt";
    ack({.next = 20, .admitted = 20});
    EXPECT_THAT(flush(), IsEmpty());
}

TEST_F(ClientTest, ItSendsAgainWhatTheLeaderDoesNotHave) {
    send_runs(3);
    ack({.next = 0, .admitted = 2});
    EXPECT_THAT(flush_unanswered(), ElementsAre(ElementsAre("1:2:2")));
}

// Another one may lead, which has nothing of it, and the one that answers may not know.
TEST_F(ClientTest, WhenALeaderHasEverythingAndNothingIsDecidedAllProposersAreAsked) {
    send_runs(2);
    ack({.next = 0, .admitted = 2});
    now_ = client_.deadline();
    flush();
    EXPECT_THAT(to_, ElementsAre(at(proposer())));
    for (int k = 0; k < 3; ++k) {
        ack({.next = 0, .admitted = 2});
        now_ = client_.deadline();
        EXPECT_THAT(flush(), ElementsAre(ElementsAre("1:1:1")));
        EXPECT_THAT(to_, ElementsAre(to_all(Role::proposer)));
    }
    ack({.next = 1, .admitted = 2});
    now_ = client_.deadline();
    flush();
    EXPECT_THAT(to_, ElementsAre(at(proposer()))) << "it does decide";
}

// Too early most often; and a large run, sent again, would keep the leader from answering.
TEST_F(ClientTest, ALeaderThatIsSilentIsFirstAskedByTheLastPieceAlone) {
    for (const char* value : {"a", "b", "c", "d", "e"})
        write(value);
    EXPECT_THAT(flush(), ElementsAre(ElementsAre("1:0:a", "1:1:b", "1:2:c", "1:3:d", "1:4:e")));
    now_ = client_.deadline();
    EXPECT_THAT(flush(), ElementsAre(ElementsAre("1:4:e")));
    EXPECT_THAT(to_, ElementsAre(at(proposer())));
    const Client asked = client_;
    const Time asked_at = now_;

    ack({.next = 0, .admitted = 5});
    EXPECT_THAT(flush(), IsEmpty()) << "it has it all";

    client_ = asked;
    now_ = asked_at;
    ack({.next = 0, .admitted = 0, .gap_end = 4});
    EXPECT_THAT(flush(), ElementsAre(ElementsAre("1:0:a", "1:1:b", "1:2:c", "1:3:d", "1:4:e")));
    EXPECT_THAT(to_, ElementsAre(at(proposer())));
}

// What was lost may have been too much at once.
TEST_F(ClientTest, OfALongGapAFewRunsAreSentAgainAtATime) {
    ack({.credit = 100'000});
    send_runs(20);
    ack({.next = 0, .admitted = 0, .gap_end = 19});
    EXPECT_EQ(flush().size(), 8u);
    ack({.next = 0, .admitted = 7, .gap_end = 19});
    EXPECT_THAT(flush(), IsEmpty()) << "the last of them may still be on its way";
    ack({.next = 0, .admitted = 8, .gap_end = 19});
    EXPECT_EQ(flush().size(), 8u);
    now_ = now_ + milliseconds(2);
    EXPECT_EQ(flush().size(), 8u) << "lost again";
    ack({.next = 0, .admitted = 16, .gap_end = 19});
    EXPECT_THAT(flush(), ElementsAre(ElementsAre("1:16:16"), ElementsAre("1:17:17"), ElementsAre("1:18:18")));
}

TEST_F(ClientTest, WhatALaterReignOfTheSameProposerMissesIsSentAgainOnce) {
    send_runs(4);
    ack({.next = 0, .admitted = 4});
    ack({.next = 0, .admitted = 0, .gap_end = 3, .ballot = b(2)});
    EXPECT_EQ(flush().size(), 3u);
}

TEST_F(ClientTest, TheLastPieceOfALongValueSaysThatMoreFollows) {
    const std::string large(3000, 'x');
    ASSERT_FALSE(client_.write(v(large), true, now_).all);
    flush();
    now_ = client_.deadline();
    outbox_.clear();
    client_.tick(now_, outbox_);
    const auto asked = sent<Submit>(outbox_);
    ASSERT_EQ(asked.size(), 1u);
    const auto run = read_single_run(asked[0].run);
    ASSERT_TRUE(run);
    EXPECT_TRUE(run->more());
    EXPECT_EQ(run->count(), 1u);
}

TEST_F(ClientTest, ALeaderThatLostWhatItHadGetsItAgainAtOnce) {
    send_runs(3);
    ack({.next = 0, .admitted = 3});
    ack({.next = 0, .admitted = 1});
    EXPECT_THAT(flush(), ElementsAre(ElementsAre("1:1:1"), ElementsAre("1:2:2")));
}

// ---- A new leader --------------------------------------------------------------------------------------

TEST_F(ClientTest, ANewLeaderGetsEverythingThatIsNotDecided) {
    send_runs(4);
    ack({.next = 1, .admitted = 4, .ballot = b(1, 1)});
    EXPECT_THAT(flush(), IsEmpty());
    ack({.next = 2, .admitted = 2, .ballot = b(2, 2)});
    EXPECT_THAT(flush(), ElementsAre(ElementsAre("1:2:2"), ElementsAre("1:3:3")));
    ack({.next = 2, .admitted = 4, .ballot = b(3, 2)});  // the same proposer, in a higher ballot
    EXPECT_THAT(flush(), IsEmpty());
}

// Two that take themselves for the leader both hear it, and both answer: if each answer made its sender the
// leader, each would have everything sent again.
TEST_F(ClientTest, ADeposedLeaderIsHeardOnlyWhenTheOtherOneIsSilent) {
    send_runs(2);
    ack({.next = 0, .admitted = 2, .ballot = b(2, 2)});
    EXPECT_EQ(flush().size(), 2u) << "of a new leader";
    ack({.next = 0, .admitted = 0, .ballot = b(1, 1)});
    EXPECT_THAT(flush(), IsEmpty());
    flush_unanswered();
    ack({.next = 0, .admitted = 0, .ballot = b(1, 1)});
    EXPECT_EQ(flush().size(), 2u);
}

TEST_F(ClientTest, TheFirstLeaderItHearsOfMayHaveMissedAll) {
    client_ = Client(options());
    send_runs(2);
    ack({.next = 0, .admitted = 0});
    EXPECT_EQ(flush().size(), 2u);
}

TEST_F(ClientTest, AReignThatBeginsIsANewLeaderEvenIfItIsTheSameProposer) {
    send_runs(2);
    ack({.next = 0, .admitted = 2, .ballot = b(1, 1)});
    reign_begins(b(5, 1));
    EXPECT_EQ(flush().size(), 2u);
    reign_begins(b(6, 2));
    EXPECT_EQ(flush().size(), 2u);
}

TEST_F(ClientTest, ARestartedProposerIsANewLeader) {
    send_runs(2);
    ack({.next = 0, .admitted = 2, .ballot = b(1, 1)});
    Ballot reborn = b(2, 1);
    reborn.incarnation = Incarnation{99};
    ack({.next = 0, .admitted = 0, .ballot = reborn});
    EXPECT_EQ(flush().size(), 2u);
}

TEST_F(ClientTest, TheNewLeadersCreditIsKeptToo) {
    send_runs(4);
    ack({.next = 0, .admitted = 0, .credit = 2 * (kRunHeaderBytes + 1), .ballot = b(2, 2)});
    EXPECT_EQ(flush().size(), 2u);
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

// ---- A property ----------------------------------------------------------------------------------------

// A client and a leader that takes what comes in order, over a link that loses most: in the end all values
// are delivered, each once, in order.
TEST(ClientProperty, WhateverIsLostInTheEndEveryValueIsDeliveredOnceInOrder) {
    EXPECT_TRUE(rc::check([] {
        Client client{{.session = s(1), .run_bytes_max = 100, .buffer_bytes_max = 500, .credit_first = 300}};
        const auto sizes =
            *rc::gen::container<std::vector<std::uint16_t>>(rc::gen::inRange<std::uint16_t>(0, 300));
        std::vector<std::string> written;
        for (const auto size : sizes) {
            written.emplace_back(size, static_cast<char>('a' + written.size() % 26));
        }
        std::uint64_t chance = *rc::gen::arbitrary<std::uint64_t>();
        const auto lucky = [&chance](unsigned of_100) {
            chance = chance * 6364136223846793005u + 1442695040888963407u;
            return (chance >> 33) % 100 < of_100;
        };

        Delivery delivery;
        std::vector<std::string> delivered;
        std::map<std::uint64_t, std::uint64_t> early;  // first -> end
        std::size_t value = 0;
        std::size_t taken = 0;
        Outbox outbox;
        Time now = ms(1);
        std::uint64_t round = 1;
        for (int step = 0; step < 100'000 && client.values_decided() < written.size(); ++step) {
            if (value < written.size()) {
                const auto w = client.write(v(written[value]).subspan(taken), true, now);
                taken = w.all ? 0 : taken + w.bytes;
                value += w.all;
            }
            outbox.clear();
            for (int k = 0; k < 2; ++k)
                client.tick(now, outbox);  // the first may make room for a run that is due
            client.check_invariants();
            RC_ASSERT(client.deadline() > now);
            for (const Submit& submit : sent<Submit>(outbox)) {
                const int copies = static_cast<int>(lucky(40)) + static_cast<int>(lucky(20));
                for (int k = 0; k < copies; ++k) {
                    delivery.deliver(submit.run,
                                     [&](SessionId, Bytes bytes) { delivered.push_back(text(bytes)); });
                    const auto run = read_single_run(submit.run);
                    if (run->first() > delivery.sessions().next(s(1)))
                        early[run->first().value()] = run->end().value();
                }
            }
            const PieceNumber next = delivery.sessions().next(s(1));
            std::erase_if(early, [&](const auto& e) { return e.second <= next.value(); });
            if (lucky(2)) ++round;
            const PieceNumber gap_end = early.empty() ? next : p(early.begin()->first);
            if (lucky(30)) {
                client.on(
                    Ack{s(1), next, next, gap_end, 300, b(round, static_cast<std::uint16_t>(round % 3))},
                    proposer(), now, outbox);
                client.check_invariants();
            }
            now = std::min(now + microseconds(500), std::max(client.deadline(), now + microseconds(1)));
        }
        RC_ASSERT(client.values_decided() == written.size());
        RC_ASSERT(client.all_decided());
        RC_ASSERT(delivered == written);
    }));
}

}  // namespace
}  // namespace synod::test

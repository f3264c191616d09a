#include <rapidcheck.h>

#include <map>

#include "core/client_test.hpp"
#include "synod/core/delivery.hpp"

namespace synod::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

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

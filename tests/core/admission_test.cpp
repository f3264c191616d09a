#include "synod/core/admission.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "core/core_test.hpp"

namespace synod::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

constexpr std::uint64_t kCrowd = 400;

class AdmissionTest : public testing::Test {
protected:
    void SetUp() override { acks(); }  // it is crowded

    void offer(const std::vector<std::byte>& run, unsigned from = 0) {
        admission_.offer(read(run), client(from).endpoint, now_, batcher_, log_);
    }
    void offer(std::uint64_t first, const std::vector<std::string>& pieces) {
        offer(run_of(s(1), first, pieces));
    }

    // All that has been admitted since the last call, batch by batch.
    std::vector<std::string> admitted() {
        std::vector<std::string> all;
        while (const auto handle = batcher_.take(true, now_, log_)) {
            for (const std::string& piece : pieces_of(log_.arena().view(*handle)))
                all.push_back(piece);
        }
        return all;
    }
    void deliver(const std::vector<std::byte>& batch) {
        decided_.take_all(batch);
        admission_.note_delivered(batch, now_);
    }
    std::vector<Ack> acks() {
        outbox_.clear();
        admission_.flush(decided_, kCrowd, b(3), now_, outbox_);
        return sent<Ack>(outbox_);
    }

    InstanceLog log_{{}};
    Batcher batcher_{{}};
    Sessions decided_;
    Admission admission_{{.credit_total = 1600,
                          .credit_min = 300,
                          .credit_max = 600,
                          .turns = {.places = 4, .bytes = 1600, .crowd_bytes = kCrowd}}};
    Outbox outbox_;
    Time now_ = ms(10);
};

TEST_F(AdmissionTest, RunsAreAdmittedInTheirSessionsOrder) {
    offer(0, {"a"});
    offer(1, {"b", "c"});
    EXPECT_THAT(admitted(), ElementsAre("1:0:a", "1:1:b", "1:2:c"));
}

TEST_F(AdmissionTest, WhatIsInOrderIsAcknowledgedOnlyWhenItIsDelivered) {
    offer(0, {"a"});
    EXPECT_THAT(acks(), IsEmpty());
    deliver(run_of(s(1), 0, {"a"}));
    const auto due = acks();
    ASSERT_THAT(due, SizeIs(1));
    EXPECT_EQ(due[0].session, s(1));
    EXPECT_EQ(due[0].next, p(1));
    EXPECT_EQ(due[0].admitted, p(1));
    EXPECT_LE(due[0].gap_end, due[0].admitted);
    EXPECT_EQ(due[0].ballot, b(3));
    EXPECT_EQ(destinations<Ack>(outbox_), std::vector{to(client(0))});
    EXPECT_THAT(acks(), IsEmpty());
}

TEST_F(AdmissionTest, OneAcknowledgementSpeaksForAllThatWasDelivered) {
    offer(0, {"a"});
    offer(1, {"b"});
    deliver(run_of(s(1), 0, {"a"}));
    deliver(run_of(s(1), 1, {"b"}));
    const auto due = acks();
    ASSERT_THAT(due, SizeIs(1));
    EXPECT_EQ(due[0].next, p(2));
}

// Each word wakes a client.
TEST_F(AdmissionTest, WhoeverHasMuchUnderWayIsToldWhenHalfOfWhatItMayHaveIsDecided) {
    for (unsigned k = 0; k < 3; ++k)
        offer(k, {std::string(100, 'x')});
    deliver(run_of(s(1), 0, {std::string(100, 'x')}));
    EXPECT_EQ(acks().at(0).credit_bytes, 600u) << "its turn, at once";
    offer(3, {std::string(300, 'x')});
    deliver(run_of(s(1), 1, {std::string(100, 'x')}));
    EXPECT_THAT(acks(), IsEmpty());
    deliver(run_of(s(1), 2, {std::string(100, 'x')}));
    EXPECT_THAT(acks(), IsEmpty());
    offer(4, {std::string(100, 'x')});
    deliver(run_of(s(1), 3, {std::string(300, 'x')}));
    EXPECT_EQ(acks().at(0).next, p(4));
    deliver(run_of(s(1), 4, {std::string(100, 'x')}));
    EXPECT_EQ(acks().at(0).next, p(5)) << "all";
}

// As the client reckons.
TEST_F(AdmissionTest, AValueOfHardlyAByteCountsForEight) {
    std::vector<std::string> tiny(40, "x");  // half of the credit of 600
    offer(0, {"a"});
    offer(1, tiny);
    offer(41, {"b"});
    deliver(run_of(s(1), 0, {"a"}));
    acks();
    deliver(run_of(s(1), 1, tiny));
    EXPECT_EQ(acks().at(0).next, p(41));
}

TEST_F(AdmissionTest, NobodyWaitsLongForTheWordThatSomethingIsDecided) {
    offer(0, {"a"});
    offer(1, {"b"});
    deliver(run_of(s(1), 0, {"a"}));
    EXPECT_THAT(acks(), IsEmpty());
    EXPECT_EQ(admission_.deadline(), now_ + milliseconds(2));
    now_ = admission_.deadline();
    EXPECT_EQ(acks().at(0).next, p(1));
    EXPECT_EQ(admission_.deadline(), kNever);
}

TEST_F(AdmissionTest, AGapIsNamedAndWhatCameEarlyWaits) {
    offer(0, {"a"});
    offer(3, {"d", "e"});
    EXPECT_THAT(admitted(), ElementsAre("1:0:a"));
    auto due = acks();
    ASSERT_THAT(due, SizeIs(1));
    EXPECT_EQ(due[0].next, p(0)) << "nothing is decided yet";
    EXPECT_EQ(due[0].admitted, p(1));
    EXPECT_EQ(due[0].gap_end, p(3));

    offer(1, {"b", "c"});
    EXPECT_THAT(admitted(), ElementsAre("1:1:b", "1:2:c", "1:3:d", "1:4:e"));
    EXPECT_THAT(acks(), IsEmpty());
}

TEST_F(AdmissionTest, OfSeveralGapsTheFirstIsNamedAndThenTheNext) {
    offer(4, {"e"});
    offer(2, {"c"});
    EXPECT_EQ(acks().at(0).gap_end, p(2));
    offer(0, {"a", "b"});
    EXPECT_THAT(admitted(), ElementsAre("1:0:a", "1:1:b", "1:2:c"));
    const auto due = acks();
    ASSERT_THAT(due, SizeIs(1));
    EXPECT_EQ(due[0].admitted, p(3));
    EXPECT_EQ(due[0].gap_end, p(4));
    offer(3, {"d"});
    EXPECT_THAT(admitted(), ElementsAre("1:3:d", "1:4:e"));
}

TEST_F(AdmissionTest, EarlyRunsThatOverlapAreAdmittedOnce) {
    offer(1, {"b", "c"});
    offer(2, {"c", "d"});
    offer(1, {"b", "c"});
    offer(0, {"a", "b"});
    EXPECT_THAT(admitted(), ElementsAre("1:0:a", "1:1:b", "1:2:c", "1:3:d"));
}

TEST_F(AdmissionTest, ARepeatIsAcknowledgedAndNotAdmittedAgain) {
    offer(0, {"a", "b"});
    offer(0, {"a", "b"});
    EXPECT_THAT(admitted(), ElementsAre("1:0:a", "1:1:b"));
    const auto due = acks();
    ASSERT_THAT(due, SizeIs(1));
    EXPECT_EQ(due[0].next, p(0));
    EXPECT_EQ(due[0].admitted, p(2));
}

TEST_F(AdmissionTest, OfARunThatIsPartlyKnownTheRestIsAdmitted) {
    offer(0, {"a", "b"});
    offer(1, {"b", "c"});
    EXPECT_THAT(admitted(), ElementsAre("1:0:a", "1:1:b", "1:2:c"));
}

TEST_F(AdmissionTest, OnlySoMuchWaitsForOneClient) {
    const std::string large(500, 'x');
    for (std::uint64_t k = 1; k < 10; ++k)
        offer(k, {large});
    offer(0, {"a"});
    EXPECT_EQ(admitted().size(), 1u + 2u) << "twice the credit";
    offer(3, {"d"});
    EXPECT_EQ(admitted().size(), 1u) << "and what was dropped leaves a gap";
}

TEST_F(AdmissionTest, ANewReignBeginsWithWhatIsDecided) {
    offer(0, {"a", "b"});
    offer(5, {"early"});
    admitted();
    decided_.take_all(run_of(s(1), 0, {"a"}));
    admission_.begin(decided_);
    EXPECT_THAT(acks(), IsEmpty());
    offer(1, {"b"});
    EXPECT_THAT(admitted(), ElementsAre("1:1:b"));
    EXPECT_THAT(acks(), IsEmpty()) << "the early run is forgotten, and so its gap";
}

TEST_F(AdmissionTest, WhatWillBeDecidedFirstIsNotAdmittedAgain) {
    admission_.begin(decided_);
    admission_.foresee(run_of(s(1), 0, {"a", "b"}));
    offer(0, {"a", "b", "c"});
    EXPECT_THAT(admitted(), ElementsAre("1:2:c"));
}

// "Clients hold credits from the proposer"
TEST_F(AdmissionTest, ALittleMayBeUnderWayAlwaysAndMuchInTurn) {
    offer(0, {"a"});
    deliver(run_of(s(1), 0, {"a"}));
    EXPECT_EQ(acks().at(0).credit_bytes, 300u);
    offer(1, {std::string(160, 'b')});
    const auto due = acks();
    ASSERT_THAT(due, SizeIs(1)) << "it is told at once";
    EXPECT_EQ(due[0].next, p(1));
    EXPECT_EQ(due[0].credit_bytes, 600u);
}

TEST_F(AdmissionTest, ThoseWhoseTurnItIsShareTheCreditAndTheOthersWait) {
    const std::string large(160, 'x');
    std::map<SessionId, std::uint32_t> credit;
    const auto hear = [&] {
        for (const Ack& ack : acks())
            credit[ack.session] = ack.credit_bytes;
    };
    for (unsigned k = 1; k <= 5; ++k)
        offer(run_of(s(k), 0, {large}), k);
    for (unsigned k = 1; k <= 5; ++k)
        deliver(run_of(s(k), 0, {large}));
    hear();
    EXPECT_THAT(credit, ElementsAre(Pair(s(1), 400u), Pair(s(2), 400u), Pair(s(3), 400u), Pair(s(4), 400u),
                                    Pair(s(5), 0u)));
    for (unsigned k = 1; k <= 8; ++k)
        offer(run_of(s(4), k, {std::string(200, 'y')}), 4);
    deliver(run_of(s(4), 1, {std::string(200, 'y')}));
    hear();
    EXPECT_EQ(credit[s(5)], 0u) << "4 has had what a turn is, but not all of it is decided";
    for (unsigned k = 2; k <= 8; ++k)
        deliver(run_of(s(4), k, {std::string(200, 'y')}));
    hear();
    EXPECT_EQ(credit[s(5)], 400u) << "it is called without having asked";
    EXPECT_EQ(credit[s(4)], 0u);
}

TEST_F(AdmissionTest, AClientInTurnThatIsSilentIsNotWaitedFor) {
    const std::string large(160, 'x');
    for (unsigned k = 1; k <= 5; ++k)
        offer(run_of(s(k), 0, {large}), k);
    for (unsigned k = 1; k <= 5; ++k)
        deliver(run_of(s(k), 0, {large}));
    acks();
    ASSERT_LE(admission_.deadline(), now_ + milliseconds(10));
    now_ = now_ + milliseconds(10);
    std::map<SessionId, std::uint32_t> credit;
    for (const Ack& ack : acks())
        credit[ack.session] = ack.credit_bytes;
    EXPECT_THAT(credit, ElementsAre(Pair(s(1), 300u), Pair(s(2), 300u), Pair(s(3), 300u), Pair(s(4), 300u),
                                    Pair(s(5), 600u)));
}

// Of values that are waited for one by one: however many, they need no turn.
TEST_F(AdmissionTest, WhoeverHasLittleUnderWayAtATimeDoesNotWantATurn) {
    for (unsigned n = 0; n < 20; ++n) {
        offer(n, {"a"});
        deliver(run_of(s(1), n, {"a"}));
        EXPECT_EQ(acks().at(0).credit_bytes, 300u);
    }
}

TEST_F(AdmissionTest, ANewReignGivesTurnsAnew) {
    for (unsigned k = 1; k <= 5; ++k)
        offer(run_of(s(k), 0, {std::string(160, 'x')}), k);
    admission_.begin(decided_);
    EXPECT_EQ(admission_.deadline(), kNever);
    offer(run_of(s(5), 0, {std::string(160, 'x')}), 5);
    EXPECT_EQ(acks().at(0).credit_bytes, 600u);
}

TEST_F(AdmissionTest, ASmallBufferBoundsTheCreditWhateverOneClientIsToHave) {
    admission_ = Admission({.credit_total = 1000, .credit_min = 64 << 10, .credit_max = 1000});
    offer(0, {"a"});
    deliver(run_of(s(1), 0, {"a"}));
    EXPECT_EQ(acks().at(0).credit_bytes, 1000u);
}

TEST_F(AdmissionTest, AClientThatIsSilentForLongIsForgottenAndItsSessionIsNot) {
    offer(0, {"a"});
    offer(2, {"early"});
    now_ = now_ + milliseconds(10'001);
    offer(run_of(s(2), 0, {"x"}), 2);
    admission_.tick(now_);
    EXPECT_THAT(acks(), IsEmpty());
    deliver(joined({run_of(s(1), 0, {"a"}), run_of(s(2), 0, {"x"})}));
    EXPECT_THAT(destinations<Ack>((acks(), outbox_)), ElementsAre(to(client(2))));
    admitted();
    offer(0, {"a", "b"});
    EXPECT_THAT(admitted(), ElementsAre("1:1:b"));
}

TEST_F(AdmissionTest, AnAcknowledgementGoesWhereTheClientSpokeLast) {
    offer(run_of(s(1), 0, {"a"}), 0);
    offer(run_of(s(1), 1, {"b"}), 7);
    deliver(run_of(s(1), 0, {"a", "b"}));
    acks();
    EXPECT_THAT(destinations<Ack>(outbox_), ElementsAre(to(client(7))));
}

}  // namespace
}  // namespace synod::test

// What the swarm found in the roles, each as small as it could be made.

#include <gtest/gtest.h>

#include <set>

#include "core/core_test.hpp"
#include "synod/core/acceptor.hpp"
#include "synod/core/gap_repair.hpp"
#include "synod/core/proposer.hpp"

namespace synod::test {
namespace {

// An acceptor whose history holds about `kHistory` bytes of values, filled with decided instances.
class FullAcceptorTest : public testing::Test {
protected:
    static constexpr std::uint64_t kHistory = 64 << 10;
    static constexpr std::uint64_t kInstances = 200;

    FullAcceptorTest() {
        for (std::uint64_t n = 0; n < kInstances; ++n)
            take(n, 0);
    }
    void take(std::uint64_t instance, std::uint64_t decided_below) {
        Outbox outbox;
        acceptor_.on(Accept{{b(1), i(0), i(decided_below)}, i(instance), Bytes{value_}}, proposer(), ms(1),
                     outbox);
        acceptor_.check_invariants();
    }

    const std::vector<std::byte> value_{1000, std::byte{1}};
    Acceptor acceptor_{{.id = a(1), .history_bytes = kHistory, .repair = {}}};
};

TEST_F(FullAcceptorTest, TakesARepeated2AForAnInstanceThatItForgetsInTheSameStep) {
    ASSERT_EQ(acceptor_.trimmed_below(), i(0)) << "nothing was known to be decided";
    take(0, kInstances);  // says that all is decided, and repeats the oldest
    EXPECT_GT(acceptor_.trimmed_below(), i(0));
}

TEST_F(FullAcceptorTest, TakesARepairOfAnInstanceThatItForgetsInTheSameStep) {
    Outbox outbox;
    acceptor_.on(Beacon{{b(1), i(0), i(kInstances)}, i(kInstances)}, proposer(), ms(2), outbox);
    acceptor_.on(Repair{a(2), i(0), i(kInstances), true, {{i(0), Ballot{}, true, Bytes{value_}}}},
                 acceptor(2), ms(3), outbox);
    acceptor_.check_invariants();
    EXPECT_GT(acceptor_.trimmed_below(), i(0));
}

// Without direct 2B a learner hears of acceptors only when they answer it. Those that miss what it misses
// answer that they have nothing, and so stay in touch: it asked them for ever.
TEST(GapRepairInVain, AsksAllAcceptorsWhenThoseInTouchDoNotHelp) {
    GapRepair repair({.seed = 1});
    AcceptorDirectory acceptors;
    RangeSet missing;
    missing.add(range(5, 6));
    bool asked_all = false;
    for (Time now = ms(1); now < ms(100); now = now + microseconds(500)) {
        acceptors.heard(a(2), acceptor(2).endpoint, now);
        Outbox outbox;
        repair.poll(missing, range(0, 10), acceptors, now, outbox);
        for (const Send& send : outbox.sends)
            asked_all |= send.to == to_all(Role::acceptor);
        repair.on_answer(false, true, now);
    }
    EXPECT_TRUE(asked_all);
}

// One acceptor of three has the checkpoint. For each that was asked for, repairs were asked for so many times
// that the same other acceptor's turn had come again.
TEST(CheckpointInStepWithRepairs, IsAskedForOfEachAcceptorInTurn) {
    for (unsigned repairs = 0; repairs < 6; ++repairs) {
        AcceptorDirectory acceptors;
        GapRepair repair({.seed = 1});
        CheckpointFetch fetch;
        fetch.note_trimmed(i(9), acceptor(1).endpoint);
        RangeSet missing;
        missing.add(range(5, 6));
        std::set<Endpoint> asked;
        Time now = ms(1000);
        for (int requests = 0; requests < 12; ++requests) {
            for (const unsigned id : {1U, 2U, 3U}) {
                acceptors.heard(a(id), acceptor(id).endpoint, now);
                static_cast<void>(fetch.add({a(id), i(3), {}, true, {}}, acceptor(id).endpoint, now));
            }
            Outbox outbox;
            now = std::max(now, fetch.deadline() == kNever ? now : fetch.deadline());
            fetch.poll(missing, acceptors, now, outbox);
            ASSERT_EQ(outbox.sends.size(), 1U);
            asked.insert(outbox.sends[0].to.endpoint);
            for (unsigned k = 0; k < repairs; ++k) {
                repair = GapRepair({.wait_max = {}, .seed = 1});
                repair.poll(missing, range(0, 10), acceptors, now, outbox);
            }
        }
        EXPECT_EQ(asked.size(), 3U) << repairs << " repairs between two";
    }
}

// It has counted a quorum of the former leader's ballot, but missed the value, and learns that from the
// promises.
TEST(ProposerThatRecovers, KnowsThatWhatItAdoptsIsDecided) {
    Proposer one({.id = ProposerId{1},
                  .incarnation = kLife,
                  .acceptors = 1,
                  .batch = {},
                  .admission = {},
                  .flow = {},
                  .leadership = {.oracle = Oracle::none},
                  .log = {},
                  .repair = {}},
                 ms(0));
    Outbox outbox;
    for (Time now = ms(1); one.ballot().is_none(); now = one.deadline())
        one.tick(now, outbox);
    one.on(Promise{a(1),
                   Incarnation{1},
                   one.ballot(),
                   {i(0), kInstanceEnd},
                   i(0),
                   i(0),
                   {{i(0), b(1, 0), false, v("x")}}},
           acceptor(1), ms(500), outbox);
    ASSERT_TRUE(one.is_leading());
    one.on(Accepted{a(1), b(1, 0), i(0), i(1), 1 << 20, ranges({range(0, 1)})}, acceptor(1), ms(500), outbox);
    one.flush(ms(500), outbox);
    one.check_invariants();
    EXPECT_EQ(one.learner().log().decided_below(), i(1));
}

// Each page asked for all that follow it, which were on their way already: sixteen times what was needed, and
// with few votes to a page a phase 1 took longer than the patience of the other proposers, for ever.
TEST(ProposerThatPrepares, AsksOnceForWhatFollowsThePagesThatCameTogether) {
    Proposer one({.id = ProposerId{1},
                  .incarnation = kLife,
                  .acceptors = 3,
                  .batch = {},
                  .admission = {},
                  .flow = {},
                  .leadership = {.oracle = Oracle::none},
                  .log = {},
                  .repair = {}},
                 ms(0));
    Outbox outbox;
    for (Time now = ms(1); one.ballot().is_none(); now = one.deadline())
        one.tick(now, outbox);
    outbox.clear();
    for (std::uint64_t page = 0; page < 4; ++page) {
        one.on(Promise{a(1), Incarnation{1}, one.ballot(), range(page, page + 1), i(0), i(0), {}},
               acceptor(1), ms(500), outbox);
    }
    one.flush(ms(500), outbox);
    ASSERT_EQ(outbox.sends.size(), 1u);
    EXPECT_EQ(std::get<Prepare>(outbox.sends.front().message).first, i(4));
}

// The leader of a single instance died, its clients too, and a learner had missed the votes: with a phase 1
// for each instance nobody led any more until some client had another value.
TEST(ProposerThatWaits, FinishesWhatADeadLeaderProposedThoughNoClientAsks) {
    Proposer one({.id = ProposerId{1},
                  .incarnation = kLife,
                  .acceptors = 3,
                  .proactive_phase1 = false,
                  .batch = {},
                  .admission = {},
                  .flow = {},
                  .leadership = {.oracle = Oracle::none},
                  .log = {},
                  .repair = {}},
                 ms(0));
    Outbox outbox;
    one.on(Accept{{b(1, 0), i(0), i(0)}, i(0), v("x")}, proposer(), ms(1), outbox);
    one.flush(ms(1), outbox);
    for (Time now = one.deadline(); now < ms(5000) && one.ballot().is_none(); now = one.deadline())
        one.tick(now, outbox);
    EXPECT_FALSE(one.ballot().is_none()) << "it never prepared";
}

}  // namespace
}  // namespace synod::test

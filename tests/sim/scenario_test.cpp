#include <algorithm>

#include "sim/cluster.hpp"

namespace synod::sim {
namespace {

TEST(Cluster, DeliversEveryValueWhenNothingGoesWrong) {
    Cluster cluster({.seed = 1, .clients = 3});
    cluster.start();
    cluster.submit(500);
    EXPECT_TRUE(cluster.delivers_all());
    EXPECT_EQ(cluster.deliveries().values_delivered(), 1500u);
}

TEST(Cluster, DeliversEveryValueAtTenPercentLoss) {
    Cluster cluster({.seed = 2, .clients = 2, .links = {.loss_ppm = 100'000}});
    cluster.start();
    cluster.submit(1000);
    EXPECT_TRUE(cluster.delivers_all());
}

TEST(Cluster, DeliversEveryValueOnceWhenDatagramsAreRepeatedAndOvertaken) {
    Cluster cluster({.seed = 3, .clients = 2, .links = {.duplicate_ppm = 200'000, .reorder_ppm = 200'000}});
    cluster.start();
    cluster.submit(1000);
    EXPECT_TRUE(cluster.delivers_all());
    EXPECT_EQ(cluster.deliveries().values_delivered(), 2000u);
}

TEST(Cluster, DropsDamagedDatagramsAndDeliversAll) {
    Cluster cluster({.seed = 4, .clients = 2, .links = {.damage_ppm = 50'000}});
    cluster.start();
    cluster.submit(500);
    EXPECT_TRUE(cluster.delivers_all());
}

TEST(Cluster, LosesNothingWhenTheLeaderDies) {
    Cluster cluster({.seed = 5, .clients = 2});
    cluster.settle();
    cluster.submit(300, microseconds(100));
    cluster.run_for(milliseconds(10));
    ASSERT_NE(cluster.leader(), nullptr);
    cluster.leader()->crash();
    EXPECT_TRUE(cluster.delivers_all());
    EXPECT_EQ(cluster.deliveries().values_delivered(), 600u);
}

TEST(Cluster, LosesNothingWhenTheLeaderIsPausedAndWakesUpAgain) {
    Cluster cluster({.seed = 6, .clients = 2});
    cluster.settle();
    cluster.submit(3000, microseconds(200));
    cluster.run_for(milliseconds(10));
    Process* leader = cluster.leader();
    ASSERT_NE(leader, nullptr);
    leader->pause();
    cluster.run_for(milliseconds(400));
    leader->resume();
    EXPECT_TRUE(cluster.delivers_all());
}

TEST(Cluster, ProposersThatDuelKeepTryingUntilOneSucceeds) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        Cluster cluster({.seed = seed,
                         .proposers = 4,
                         .clients = 2,
                         .links = {.delay_min = milliseconds(2), .delay_max = milliseconds(20)}});
        cluster.start();
        cluster.submit(100);
        EXPECT_TRUE(cluster.delivers_all()) << seed;
    }
}

TEST(Cluster, WorksWithTwoOfThreeAcceptors) {
    Cluster cluster({.seed = 7, .clients = 2});
    cluster.start();
    cluster.acceptor(2).crash();
    cluster.submit(500);
    EXPECT_TRUE(cluster.delivers_all());
}

TEST(Cluster, DeliversNothingWithOneOfThreeAcceptorsAndNothingWrong) {
    Cluster cluster({.seed = 8, .clients = 2});
    cluster.start();
    cluster.acceptor(1).crash();
    cluster.acceptor(3).crash();
    cluster.submit(500);
    EXPECT_FALSE(cluster.delivers_all(milliseconds(2000)));
    EXPECT_EQ(cluster.deliveries().values_delivered(), 0u);
    EXPECT_EQ(cluster.acceptors().instances_chosen(), 0u);
    EXPECT_FALSE(cluster.can_progress());
}

TEST(Cluster, AnAcceptorThatComesBackWithoutItsMemoryObserves) {
    Cluster cluster({.seed = 9, .clients = 1});
    cluster.settle();
    cluster.submit(2000, microseconds(100));
    cluster.run_for(milliseconds(20));
    cluster.acceptor(1).crash();
    cluster.run_for(milliseconds(20));
    cluster.acceptor(1).start();
    EXPECT_TRUE(cluster.delivers_all());
    EXPECT_TRUE(cluster.acceptor(1).as<Acceptor>().is_observer());
    EXPECT_GT(cluster.acceptor(1).as<Acceptor>().log().decided_below(), InstanceId{0});
}

TEST(Cluster, ALateLearnerGetsTheWholeSequence) {
    Cluster cluster({.seed = 10, .clients = 2});
    cluster.settle();
    cluster.learner(1).crash();
    cluster.submit(5000, microseconds(20));
    cluster.run_for(milliseconds(60));
    EXPECT_GT(cluster.deliveries().values_delivered(), 100u);
    cluster.learner(1).start();
    EXPECT_TRUE(cluster.delivers_all());
    EXPECT_EQ(cluster.deliveries().next(cluster.learner(1).index()), cluster.deliveries().furthest());
}

TEST(Cluster, ALateProposerTakesOverFromTheOnlyOne) {
    Cluster cluster({.seed = 11, .proposers = 2, .clients = 1});
    cluster.start();
    cluster.proposer(1).crash();
    cluster.submit(1000, microseconds(100));
    cluster.run_for(milliseconds(60));
    cluster.proposer(1).start();
    cluster.run_for(milliseconds(10));
    cluster.proposer(0).crash();
    EXPECT_TRUE(cluster.delivers_all());
}

TEST(Cluster, ALostLastValueIsNoticed) {
    Cluster cluster({.seed = 12, .clients = 1, .value_bytes = 10});
    cluster.settle();
    Process& learner = cluster.learner(0);
    for (const auto& other : cluster.processes())
        cluster.network().cut(other->index(), learner.index());
    cluster.submit(1);
    cluster.run_for(milliseconds(2));
    EXPECT_EQ(cluster.deliveries().values_delivered(), 1u);
    EXPECT_EQ(cluster.deliveries().next(learner.index()), InstanceId{0});
    cluster.network().mend_all();
    EXPECT_TRUE(cluster.delivers_all(milliseconds(200)));
}

TEST(Cluster, TheSameSeedIsTheSameHistory) {
    const auto history = [](std::uint64_t seed) {
        Cluster cluster({.seed = seed, .clients = 2, .links = {.loss_ppm = 50'000, .duplicate_ppm = 50'000}});
        cluster.start();
        cluster.submit(300);
        EXPECT_TRUE(cluster.delivers_all());
        return std::pair(cluster.events(), cluster.hash());
    };
    EXPECT_EQ(history(13), history(13));
    EXPECT_NE(history(13), history(14));
}

TEST(Cluster, StallsForTensOfMillisecondsAtMostAtTenPercentLoss) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        Cluster cluster({.seed = seed, .clients = 2, .value_bytes = 64, .links = {.loss_ppm = 100'000}});
        cluster.settle();
        const Time begun = cluster.now();
        cluster.submit(1000);
        EXPECT_TRUE(cluster.delivers_all()) << seed;
        EXPECT_LT(cluster.now().since(begun), milliseconds(100)) << seed;
    }
}

// The simulator takes a process that steps again and again without effect for one that spins.
TEST(Cluster, ALeaderWhoseLogIsFullWaitsAndDoesNotSpin) {
    Cluster cluster({.seed = 15, .value_bytes = 20, .roles = {.batch_values = 1, .log_instances = 64}});
    cluster.settle();
    cluster.acceptor(1).pause();
    cluster.acceptor(2).pause();
    cluster.submit(200);
    cluster.run_for(milliseconds(100));
    EXPECT_FALSE(cluster.all_delivered());
    cluster.acceptor(1).resume();
    EXPECT_TRUE(cluster.delivers_all());
}

// Nobody has values to propose, so nobody would prepare; but learners miss a value that acceptors voted for.
TEST(Cluster, LearnersGetTheLastValueOfADeadLeaderThatWasToTellThem) {
    for (const bool direct_2b : {true, false}) {
        Cluster cluster(
            {.seed = 17, .value_bytes = 20, .roles = {.direct_2b = direct_2b, .proactive_phase1 = false}});
        cluster.settle();
        cluster.submit(1);
        ASSERT_TRUE(cluster.delivers_all());
        const auto cut_from_leader = [&] {
            for (unsigned l : {0u, 1u})
                cluster.cut(cluster.learner(l), *cluster.leader());
        };
        for (unsigned l : {0u, 1u}) {
            for (unsigned a : {1u, 2u, 3u})
                cluster.cut(cluster.learner(l), cluster.acceptor(a));
        }
        if (!direct_2b) cut_from_leader();
        cluster.submit(1);
        const auto& client = cluster.client(0).as<Client>();
        ASSERT_TRUE(cluster.run_until([&] { return client.values_decided() == 2; }, milliseconds(100),
                                      microseconds(1)));
        cut_from_leader();
        cluster.run_for(milliseconds(2));  // acceptors hear that it is decided
        cluster.leader()->crash();
        cluster.network().mend_all();
        ASSERT_EQ(cluster.deliveries().values_delivered(), 1u);
        EXPECT_TRUE(cluster.delivers_all()) << direct_2b;
    }
}

TEST(Cluster, AReceiveBufferSmallerThanAllAnswersToAPrepareDoesNotKeepALeaderFromReigning) {
    Cluster cluster({.seed = 18,
                     .acceptors = 5,
                     .proposers = 2,
                     .value_bytes = 1000,
                     .roles = {.batch_bytes = 1400},
                     .machines = {.receive_buffer_bytes = 32 << 10},
                     .links = {.delay_min = microseconds(10), .delay_max = microseconds(10)}});
    cluster.settle();
    ASSERT_NE(cluster.leader(), nullptr);
    Process& leader = *cluster.leader();
    cluster.submit(100);
    // Votes that nobody counts: a new leader has to gather them all.
    for (unsigned p : {0u, 1u}) {
        for (unsigned a : {1u, 2u, 3u, 4u, 5u})
            cluster.network().cut(cluster.acceptor(a).index(), cluster.proposer(p).index());
    }
    cluster.run_for(milliseconds(30));
    leader.crash();
    cluster.acceptor(4).crash();
    cluster.acceptor(5).crash();
    cluster.network().mend_all();
    EXPECT_TRUE(cluster.delivers_all());
}

TEST(Cluster, ClientsSendNothingTwiceWhenEachInstanceHasAPhase1OfItsOwn) {
    Cluster cluster({.seed = 16, .clients = 4, .value_bytes = 20, .roles = {.proactive_phase1 = false}});
    cluster.settle();
    cluster.submit(1);  // the first reign begins when a value has waited for long
    ASSERT_TRUE(cluster.delivers_all());
    const std::uint64_t before = cluster.sends<Submit>();
    cluster.submit(100, microseconds(700));
    EXPECT_TRUE(cluster.delivers_all());
    EXPECT_LE(cluster.sends<Submit>() - before, 400u);
}

}  // namespace
}  // namespace synod::sim

// Oracles of leadership in a made-up world. A server is a proposer and an acceptor whose links are cut
// together.

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "sim/cluster.hpp"

namespace synod::sim {
namespace {

constexpr Duration kSuspect = milliseconds(40);

std::string name_of(Oracle oracle) {
    return std::string(kOracleNames[static_cast<std::size_t>(oracle)]);
}

ClusterOptions servers(unsigned count, std::uint64_t seed, Oracle oracle = Oracle::ble) {
    ClusterOptions options{
        .seed = seed, .acceptors = count, .proposers = count, .learners = 1, .clients = 1, .value_bytes = 20};
    options.roles.oracle = oracle;
    options.roles.leader_ping = milliseconds(10);
    options.roles.leader_suspect = kSuspect;
    return options;
}

class Servers : public Cluster {
public:
    explicit Servers(const ClusterOptions& options) : Cluster(options), servers_(options.proposers) {}

    // Everybody runs, somebody leads, and the client has a value every other millisecond.
    void work() {
        start();
        run_for(milliseconds(150));
        submit(1'000'000, milliseconds(2));
        run_for(milliseconds(20));
    }
    void cut_one_way(unsigned from, unsigned to) {
        for (const Process* sender : {&proposer(from), &acceptor(from + 1)}) {
            for (const Process* receiver : {&proposer(to), &acceptor(to + 1)})
                network().cut(sender->index(), receiver->index());
        }
        cut_[from * servers_ + to] = true;
    }
    void cut_both_ways(unsigned a, unsigned b) {
        cut_one_way(a, b);
        cut_one_way(b, a);
    }
    // The server is heard by the others, and hears none of them; or hears them, and is not heard.
    void make_deaf(unsigned server) {
        for (unsigned other = 0; other < servers_; ++other)
            if (other != server) cut_one_way(other, server);
    }
    void silence(unsigned server) {
        for (unsigned other = 0; other < servers_; ++other)
            if (other != server) cut_one_way(server, other);
    }
    void cut_proposers_apart() {
        for (unsigned a = 0; a < servers_; ++a) {
            for (unsigned b = 0; b < servers_; ++b)
                if (a != b) network().cut(proposer(a).index(), proposer(b).index());
        }
    }
    // From the acceptors, both ways; the proposers still hear each other.
    void cut_from_quorum(unsigned p) {
        for (unsigned a = 1; a <= servers_; ++a) {
            network().cut(proposer(p).index(), acceptor(a).index());
            network().cut(acceptor(a).index(), proposer(p).index());
        }
    }
    void mend() {
        network().mend_all();
        std::fill(cut_.begin(), cut_.end(), false);
    }
    [[nodiscard]] bool is_quorum_connected(unsigned server) const {
        unsigned reached = 0;
        for (unsigned k = 0; k < servers_; ++k)
            reached += !cut_[server * servers_ + k] && !cut_[k * servers_ + server];
        return reached >= Quorum(servers_).size();
    }
    [[nodiscard]] bool somebody_is_quorum_connected() const {
        for (unsigned k = 0; k < servers_; ++k)
            if (is_quorum_connected(k)) return true;
        return false;
    }
    [[nodiscard]] bool delivers_again_within(Duration bound) {
        run_for(milliseconds(5));  // what was under way
        const std::uint64_t before = deliveries().values_delivered();
        return run_until([&] { return deliveries().values_delivered() > before; }, bound, milliseconds(1));
    }
    [[nodiscard]] std::uint64_t elections() {
        std::uint64_t sum = 0;
        for (unsigned k = 0; k < servers_; ++k)
            sum += proposer(k).is_alive() ? proposer(k).as<Proposer>().elections() : 0;
        return sum;
    }

private:
    const unsigned servers_;
    std::vector<bool> cut_ = std::vector<bool>(servers_ * servers_);
};

// "ble delivers again within 4 time-outs wherever a proposer is quorum-connected."
TEST(BallotElectionInTheWorld, DeliversAgainOnEveryGraphOfLinksBetweenFiveServers) {
    constexpr unsigned kLinks = 10;
    unsigned connected = 0;
    for (unsigned graph = 0; graph < 1u << kLinks; ++graph) {
        Servers cluster(servers(5, graph));
        cluster.work();
        unsigned link = 0;
        for (unsigned a = 0; a < 5; ++a) {
            for (unsigned b = a + 1; b < 5; ++b, ++link)
                if ((graph >> link & 1u) != 0) cluster.cut_both_ways(a, b);
        }
        if (!cluster.somebody_is_quorum_connected()) continue;
        ++connected;
        EXPECT_TRUE(cluster.delivers_again_within(kSuspect * 4)) << "graph " << graph;
    }
    EXPECT_GT(connected, 700u);
}

TEST(BallotElectionInTheWorld, DeliversAgainOnGraphsOfLinksCutOneWay) {
    Random random(7);
    unsigned connected = 0;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        Servers cluster(servers(5, seed));
        cluster.work();
        const auto share = static_cast<std::uint32_t>(random.between(10, 60));
        for (unsigned from = 0; from < 5; ++from) {
            for (unsigned to = 0; to < 5; ++to)
                if (from != to && random.percent(share)) cluster.cut_one_way(from, to);
        }
        if (!cluster.somebody_is_quorum_connected()) continue;
        ++connected;
        EXPECT_TRUE(cluster.delivers_again_within(kSuspect * 4)) << "seed " << seed;
    }
    EXPECT_GT(connected, 100u);
}

TEST(BallotElectionInTheWorld, HoldsNoNeedlessElectionUnderLoadWithLoss) {
    for (const std::uint32_t loss_ppm : {0u, 100'000u}) {
        ClusterOptions options = servers(3, 5);
        options.links.loss_ppm = loss_ppm;
        Servers cluster(options);
        cluster.start();
        cluster.submit(1'000'000, microseconds(200));
        cluster.run_for(milliseconds(10'000));
        EXPECT_EQ(cluster.elections(), 1u) << loss_ppm;
        EXPECT_GT(cluster.deliveries().values_delivered(), 40'000u);
    }
}

// Signs of life are rare then.
TEST(BallotElectionInTheWorld, HoldsNoNeedlessElectionWhenIdleWithLoss) {
    ClusterOptions options = servers(3, 5);
    options.links.loss_ppm = 100'000;
    Servers cluster(options);
    cluster.start();
    cluster.run_for(milliseconds(1000));
    const std::uint64_t before = cluster.elections();
    cluster.run_for(milliseconds(60'000));
    EXPECT_EQ(cluster.elections(), before);
}

// Its last heartbeat announced that it would be quiet.
TEST(BallotElectionInTheWorld, ReplacesAnIdleLeaderWithin300Ms) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        Servers cluster(servers(3, seed));
        cluster.settle();
        cluster.run_for(milliseconds(1000 + 7 * seed));
        ASSERT_NE(cluster.leader(), nullptr);
        cluster.leader()->crash();
        cluster.submit(1);
        EXPECT_TRUE(cluster.delivers_all(milliseconds(300))) << seed;
    }
}

TEST(BallotElectionInTheWorld, ALeaderThatLivesIsNotReplacedByOneThatComesBack) {
    Servers cluster(servers(3, 6));
    cluster.proposer(1).start();
    for (unsigned a : {1u, 2u, 3u})
        cluster.acceptor(a).start();
    cluster.run_for(milliseconds(100));
    ASSERT_EQ(cluster.leader(), &cluster.proposer(1));
    cluster.start();
    cluster.submit(100, milliseconds(5));
    EXPECT_TRUE(cluster.delivers_all());
    EXPECT_EQ(cluster.elections(), 1u);
    EXPECT_EQ(cluster.leader(), &cluster.proposer(1));
}

TEST(BallotElectionInTheWorld, ALeaderCutOffFromTheQuorumStandsDown) {
    Servers cluster(servers(3, 8));
    cluster.work();
    Process* const leader = cluster.leader();
    ASSERT_NE(leader, nullptr);
    const unsigned id = leader->id();
    for (unsigned k = 0; k < 3; ++k)
        if (k != id) cluster.cut_both_ways(id, k);
    cluster.run_for(kSuspect * 4);
    EXPECT_FALSE(leader->as<Proposer>().is_leading());
    cluster.mend();
    EXPECT_TRUE(cluster.delivers_again_within(kSuspect * 2));
    EXPECT_FALSE(leader->as<Proposer>().is_leading()) << "and follows the new one";
}

// "Chained": the ends of the chain do not hear each other, and would depose each other for ever.
TEST(BallotElectionInTheWorld, TheEndsOfAChainOfServersDoNotDuel) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        Servers cluster(servers(3, seed));
        cluster.work();
        cluster.cut_both_ways(0, 2);
        EXPECT_TRUE(cluster.delivers_again_within(kSuspect * 4)) << seed;
        const std::uint64_t before = cluster.elections();
        cluster.run_for(milliseconds(2000));
        EXPECT_EQ(cluster.elections(), before) << seed;
    }
}

// With one proposer of two gone, the other one is enough.
TEST(BallotElectionInTheWorld, OneProposerOfTwoSuffices) {
    ClusterOptions options = servers(3, 9);
    options.proposers = 2;
    Cluster cluster(options);
    cluster.settle();
    ASSERT_NE(cluster.leader(), nullptr);
    cluster.leader()->crash();
    cluster.submit(1);
    EXPECT_TRUE(cluster.delivers_all(kSuspect * 4));
}

class EachOracle : public testing::TestWithParam<Oracle> {};
INSTANTIATE_TEST_SUITE_P(All, EachOracle, testing::ValuesIn(kOracles), [](const auto& oracle) {
    std::string name = name_of(oracle.param);
    name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
    return name;
});

TEST_P(EachOracle, FindsALeaderHoweverManyStartAtOnce) {
    for (unsigned proposers = 1; proposers <= 7; ++proposers) {
        for (std::uint64_t seed = 0; seed < 5; ++seed) {
            ClusterOptions options = servers(3, seed, GetParam());
            options.proposers = proposers;
            Cluster cluster(options);
            cluster.start();
            cluster.submit(20, milliseconds(1));
            EXPECT_TRUE(cluster.delivers_all()) << proposers << " proposers, seed " << seed;
        }
    }
}

TEST_P(EachOracle, ReplacesALeaderThatDies) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        Servers cluster(servers(3, seed, GetParam()));
        cluster.work();
        ASSERT_NE(cluster.leader(), nullptr);
        cluster.leader()->crash();
        EXPECT_TRUE(cluster.delivers_again_within(kSuspect * 8)) << seed;
    }
}

// A paused process, or one whose clock has stood still, finds on its return that it leads no more.
TEST_P(EachOracle, TellsALeaderThatWasPausedThatItLeadsNoMore) {
    Servers cluster(servers(3, 3, GetParam()));
    cluster.work();
    Process* const leader = cluster.leader();
    ASSERT_NE(leader, nullptr);
    leader->pause();
    EXPECT_TRUE(cluster.delivers_again_within(kSuspect * 8));
    cluster.run_for(milliseconds(10'000));
    leader->resume();
    EXPECT_TRUE(cluster.delivers_again_within(kSuspect * 8));
    unsigned leaders = 0;
    cluster.run_for(milliseconds(500));
    for (unsigned p = 0; p < 3; ++p)
        leaders += cluster.proposer(p).as<Proposer>().is_leading();
    EXPECT_EQ(leaders, 1u);
}

// What an oracle cannot do (docs/leaders.md): where nobody asks the acceptors, or the clients' values, a
// leader that is heard keeps all others from leading, whether it gets anything decided or not.
bool is_content_with_a_voice(Oracle oracle) {
    return oracle == Oracle::lowest_id || oracle == Oracle::bully;
}

TEST_P(EachOracle, ReplacesALeaderThatIsNotHeard) {
    Servers cluster(servers(3, 11, GetParam()));
    cluster.work();
    ASSERT_NE(cluster.leader(), nullptr);
    cluster.silence(cluster.leader()->id());
    EXPECT_TRUE(cluster.delivers_again_within(milliseconds(2000)));
}

// What it proposes is decided, and the learners hear so; it alone does not.
TEST_P(EachOracle, OnlyBleReplacesALeaderThatIsHeardAndHearsNobody) {
    Servers cluster(servers(3, 12, GetParam()));
    cluster.work();
    ASSERT_NE(cluster.leader(), nullptr);
    cluster.make_deaf(cluster.leader()->id());
    const std::uint64_t before = cluster.elections();
    cluster.run_for(milliseconds(3000));
    EXPECT_EQ(cluster.elections() > before, GetParam() == Oracle::ble);
    cluster.mend();
    EXPECT_TRUE(cluster.delivers_again_within(milliseconds(2000)));
}

TEST_P(EachOracle, ReplacesALeaderWithoutAQuorumUnlessItsVoiceIsEnough) {
    Servers cluster(servers(3, 13, GetParam()));
    cluster.work();
    ASSERT_NE(cluster.leader(), nullptr);
    cluster.cut_from_quorum(cluster.leader()->id());
    EXPECT_EQ(cluster.delivers_again_within(milliseconds(3000)), !is_content_with_a_voice(GetParam()));
    cluster.mend();
    EXPECT_TRUE(cluster.delivers_again_within(milliseconds(2000)));
}

// They duel, with pauses in which values are decided; but for `ble`, whose proposers hear of each other from
// the acceptors.
TEST_P(EachOracle, GoesOnWhenProposersDoNotHearEachOther) {
    Servers cluster(servers(3, 14, GetParam()));
    cluster.work();
    cluster.cut_proposers_apart();
    const std::uint64_t before = cluster.elections();
    for (int k = 0; k < 3; ++k)
        EXPECT_TRUE(cluster.delivers_again_within(milliseconds(3000))) << k;
    cluster.run_for(milliseconds(3000));
    if (GetParam() == Oracle::ble)
        EXPECT_EQ(cluster.elections(), before);
    else
        EXPECT_GT(cluster.elections(), before);
}

TEST_P(EachOracle, GoesOnInAChainOfServersWhoeverIsInTheMiddle) {
    for (unsigned middle = 0; middle < 3; ++middle) {
        Servers cluster(servers(3, middle, GetParam()));
        cluster.work();
        cluster.cut_both_ways((middle + 1) % 3, (middle + 2) % 3);
        EXPECT_TRUE(cluster.delivers_again_within(milliseconds(3000))) << middle;
        cluster.mend();
        EXPECT_TRUE(cluster.delivers_again_within(milliseconds(3000))) << middle;
    }
}

TEST_P(EachOracle, LosesNothingOnLinksThatFlap) {
    Servers cluster(servers(3, 4, GetParam()));
    cluster.start();
    cluster.submit(300, milliseconds(2));
    for (int k = 0; k < 20; ++k) {
        cluster.cut_both_ways(static_cast<unsigned>(k % 3), static_cast<unsigned>((k + 1) % 3));
        cluster.run_for(milliseconds(25));
        cluster.mend();
        cluster.run_for(milliseconds(10));
    }
    EXPECT_TRUE(cluster.delivers_all());
}

TEST_P(EachOracle, DecidesNothingWithoutAQuorumAndGoesOnWithOne) {
    Servers cluster(servers(3, 5, GetParam()));
    cluster.work();
    cluster.acceptor(1).pause();
    cluster.acceptor(2).pause();
    EXPECT_FALSE(cluster.delivers_again_within(milliseconds(1000)));
    cluster.acceptor(1).resume();
    EXPECT_TRUE(cluster.delivers_again_within(milliseconds(1500)));
}

}  // namespace
}  // namespace synod::sim

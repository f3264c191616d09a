#include "sim/cluster.hpp"

// What the optimisations save, counted on the wire. In "Paxos Made Simple", section 3, the leader "executes
// phase 1 for infinitely many instances", so that in steady state only phase 2 is left; acceptors that tell
// all learners save the way back through the leader.

namespace synod::sim {
namespace {

constexpr Duration kDelay = microseconds(100);

class OneValue : public testing::Test {
protected:
    struct Cost {
        std::uint64_t delays = 0;
        std::uint64_t sends = 0;  // from the client's Submit to the delivery at all learners
        std::uint64_t instances = 0;
    };
    static ClusterOptions options(const RoleSettings& roles) {
        return {.seed = 1,
                .value_bytes = 20,
                .roles = roles,
                .links = {.delay_min = kDelay, .delay_max = kDelay}};
    }
    // Of one value, when the cluster has come to rest after some others.
    static Cost cost_of(const RoleSettings& roles) {
        Cluster cluster(options(roles));
        cluster.settle();
        cluster.submit(3);
        EXPECT_TRUE(cluster.delivers_all());
        cluster.run_for(milliseconds(75));  // ends between two beacons of the leader
        const std::uint64_t sent = sends(cluster);
        const InstanceId before = cluster.deliveries().furthest();
        cluster.submit(1);
        cluster.run_for(kDelay * 5);
        EXPECT_EQ(cluster.deliveries().values_delivered(), 4u);
        return {cluster.deliveries().latencies().back().ns / kDelay.ns, sends(cluster) - sent,
                cluster.deliveries().furthest().since(before)};
    }

private:
    // Of what a value needs on its way; acknowledgements go to nobody who waits.
    static std::uint64_t sends(const Cluster& cluster) {
        return cluster.sends<Submit>() + cluster.sends<Prepare>() + cluster.sends<Promise>() +
               cluster.sends<Accept>() + cluster.sends<Accepted>() + cluster.sends<Beacon>();
    }
};

TEST_F(OneValue, IsDeliveredAfterThreeMessageDelays) {
    const Cost cost = cost_of({});
    EXPECT_EQ(cost.delays, 3u);      // Submit, 2A, 2B
    EXPECT_EQ(cost.sends, 2u + 3u);  // and a 2B of each acceptor
    EXPECT_EQ(cost.instances, 1u);
}

TEST_F(OneValue, CostsOneMessageDelayAndOneSendMoreWhenTheProposerTellsTheLearners) {
    const Cost cost = cost_of({.direct_2b = false});
    EXPECT_EQ(cost.delays, 4u);
    EXPECT_EQ(cost.sends, 3u + 3u);
}

TEST_F(OneValue, CostsTwoMessageDelaysMoreWhenPhase1WaitsForIt) {
    const Cost cost = cost_of({.proactive_phase1 = false});
    EXPECT_EQ(cost.delays, 5u);  // Submit, 1A, 1B, 2A, 2B
    EXPECT_EQ(cost.sends, 2u + 3u + 1u + 3u);
}

TEST(Values, CostAnInstanceEachWithoutBatching) {
    Cluster cluster({.seed = 2, .value_bytes = 20, .roles = {.batch_values = 1}});
    cluster.settle();
    cluster.submit(200);
    EXPECT_TRUE(cluster.delivers_all());
    EXPECT_EQ(cluster.deliveries().furthest(), InstanceId{200});
}

TEST(Values, ShareInstancesWithBatching) {
    Cluster cluster({.seed = 3, .value_bytes = 20});
    cluster.settle();
    cluster.submit(200);
    EXPECT_TRUE(cluster.delivers_all());
    EXPECT_LT(cluster.deliveries().furthest(), InstanceId{20});
}

}  // namespace
}  // namespace synod::sim

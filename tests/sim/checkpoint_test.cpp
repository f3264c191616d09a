#include <map>

#include "sim/cluster.hpp"

namespace synod::sim {
namespace {

constexpr std::uint64_t kValues = 5000;  // of each client

// A cluster whose acceptors remember a small part of what is submitted. Whoever has the table of sessions as
// of an instance, by reading the log or by a checkpoint, must have the same one.
class ForgetfulCluster : public Cluster {
public:
    explicit ForgetfulCluster(std::uint64_t seed, const LinkQuality& links = {})
        : Cluster(
              {.seed = seed,
               .clients = 3,
               .value_bytes = 1000,
               .roles = {.batch_bytes = 4 << 10, .window_bytes = 64 << 10, .history_bytes = 1 << 20},
               .machines = {.datagram_cost = microseconds(50)},  // or it would all be over before a repair
               .links = links}) {}

    void watch(Duration duration) {
        for (Duration done; done < duration; done = done + microseconds(500)) {
            run_for(microseconds(500));
            compare_tables();
        }
    }
    [[nodiscard]] bool has_forgotten(InstanceId i) {
        for (unsigned a = 1; a <= options().acceptors; ++a) {
            if (acceptor(a).is_alive() && acceptor(a).as<Acceptor>().trimmed_below() <= i) return false;
        }
        return true;
    }

private:
    void compare_tables() {
        for (const auto& process : processes()) {
            if (!process->is_alive()) continue;
            if (process->role() == Role::acceptor) {
                const auto& role = process->as<Acceptor>();
                compare(role.sessions_below(), role.sessions());
            } else if (process->role() == Role::proposer) {
                const auto& role = process->as<Proposer>();
                compare(role.delivered_below(), role.sessions());
            }
        }
    }
    void compare(InstanceId at, const Sessions& sessions) {
        const auto [known, fresh] = tables_.try_emplace(at, sessions);
        EXPECT_TRUE(fresh || known->second == sessions) << "two tables at " << at.value();
    }

    std::map<InstanceId, Sessions> tables_;
};

TEST(Checkpoint, ProposersThatStartAfterTheHistoryHasRolledOverLead) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        ForgetfulCluster cluster(seed, {.loss_ppm = seed % 2 == 0 ? 0u : 10'000u, .reorder_ppm = 20'000});
        cluster.settle();
        cluster.submit(kValues, microseconds(400));
        cluster.watch(milliseconds(400));
        ASSERT_TRUE(cluster.has_forgotten(InstanceId{0}));
        for (const unsigned p : {1u, 0u}) {
            cluster.proposer(0).crash();
            cluster.proposer(1).crash();
            cluster.watch(milliseconds(5));
            cluster.proposer(p).start();
            const auto delivered = cluster.deliveries().values_delivered();
            cluster.watch(milliseconds(400));
            EXPECT_GT(cluster.deliveries().values_delivered(), delivered) << seed;
        }
        EXPECT_TRUE(cluster.delivers_all(milliseconds(3000))) << seed;
        EXPECT_EQ(cluster.deliveries().values_delivered(), 3 * kValues);
    }
}

TEST(Checkpoint, AnAcceptorThatWasPausedForLongerThanTheHistoryIsAQuorumsPart) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        ForgetfulCluster cluster(seed, {.loss_ppm = seed % 2 == 0 ? 0u : 10'000u, .reorder_ppm = 20'000});
        cluster.settle();
        cluster.submit(kValues, microseconds(400));
        cluster.watch(milliseconds(20));
        cluster.acceptor(3).pause();
        const InstanceId missed = cluster.acceptor(3).as<Acceptor>().log().decided_below();
        cluster.watch(milliseconds(400));
        ASSERT_GT(cluster.acceptor(1).as<Acceptor>().trimmed_below(), missed.plus(16));
        cluster.acceptor(3).resume();
        cluster.watch(milliseconds(40));
        cluster.acceptor(1).crash();
        cluster.watch(milliseconds(40));
        cluster.proposer(0).crash();
        cluster.proposer(1).crash();
        cluster.proposer(0).start();
        EXPECT_TRUE(cluster.delivers_all(milliseconds(3000))) << seed;
        EXPECT_EQ(cluster.deliveries().values_delivered(), 3 * kValues);
        EXPECT_GT(cluster.acceptor(3).as<Acceptor>().trimmed_below(), missed);
    }
}

TEST(Checkpoint, AnObserverThatStartsLateServesProposersThatStartLater) {
    ForgetfulCluster cluster(1);
    cluster.settle();
    cluster.submit(kValues, microseconds(400));
    cluster.watch(milliseconds(60));
    cluster.acceptor(2).crash();
    cluster.watch(milliseconds(60));
    cluster.acceptor(2).start();
    EXPECT_TRUE(cluster.delivers_all(milliseconds(3000)));
    cluster.watch(milliseconds(200));
    const auto& observer = cluster.acceptor(2).as<Acceptor>();
    EXPECT_TRUE(observer.is_observer());
    EXPECT_EQ(observer.sessions_below(), cluster.acceptor(1).as<Acceptor>().sessions_below());
    EXPECT_EQ(observer.sessions(), cluster.acceptor(1).as<Acceptor>().sessions());
}

}  // namespace
}  // namespace synod::sim

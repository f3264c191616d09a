// "A new leader catches up on past instances before it opens new ones, finishes what its predecessor left,
// loses and repeats nothing"; and a takeover costs one phase 1. Under each oracle.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/cluster.hpp"
#include "synod/trace/recording.hpp"

namespace synod::sim {
namespace {

using trace::Event;
using trace::Kind;

constexpr std::uint64_t kTakeoverValues = 300;

ClusterOptions two_proposers(std::uint64_t seed, Oracle oracle) {
    ClusterOptions options{.seed = seed, .proposers = 2, .learners = 1, .clients = 1, .value_bytes = 20};
    options.roles.oracle = oracle;
    options.roles.leader_ping = milliseconds(10);
    options.roles.leader_suspect = milliseconds(40);
    return options;
}

// A leader gets values decided, then some that acceptors vote for and nobody hears of, and dies; the other
// proposer takes over.
class Takeover {
public:
    Takeover(std::uint64_t seed, Oracle oracle) : cluster_(two_proposers(seed, oracle), &recording_) {
        cluster_.settle();
        predecessor_ = cluster_.leader();
        if (predecessor_ == nullptr) throw std::logic_error("nobody leads");
        successor_ = &cluster_.proposer(1 - predecessor_->id());
    }

    void work() {
        cluster_.submit(kTakeoverValues, microseconds(200));
        cluster_.run_for(milliseconds(20));
    }
    void die_with_votes_that_nobody_hears() {
        for (const unsigned a : {1u, 2u, 3u}) {
            for (Process* deaf : {predecessor_, successor_, &cluster_.learner(0)})
                cluster_.network().cut(cluster_.acceptor(a).index(), deaf->index());
        }
        cluster_.run_for(milliseconds(3));
        die();
    }
    // ... and the network is whole.
    void die() {
        predecessor_->crash();
        cluster_.network().mend_all();
        crash_ = events().size();
    }
    void cut_successor_off() {
        for (const auto& process : cluster_.processes()) {
            if (process.get() != successor_) cluster_.cut(*process, *successor_);
        }
    }
    [[nodiscard]] bool succeeds() {
        return cluster_.run_until([&] { return successor_->as<Proposer>().is_leading(); }, milliseconds(5000),
                                  microseconds(50));
    }
    [[nodiscard]] testing::AssertionResult delivers_all() { return cluster_.delivers_all(); }

    [[nodiscard]] Cluster& cluster() { return cluster_; }
    [[nodiscard]] Process& successor() { return *successor_; }
    [[nodiscard]] const std::vector<Event>& events() const { return recording_.events(); }

    // What the successor did since its predecessor's death, in its order.
    [[nodiscard]] std::vector<Event> deeds(Kind kind, const std::string& type = "") const {
        std::vector<Event> found;
        std::copy_if(events().begin() + static_cast<std::ptrdiff_t>(crash_), events().end(),
                     std::back_inserter(found), [&](const Event& event) {
                         return event.kind == kind && event.type == type && event.process &&
                                event.process->role == Role::proposer;
                     });
        return found;
    }
    // Instances from `first` on in which an acceptor had voted by then, and for what.
    [[nodiscard]] std::map<InstanceId, std::vector<std::string>> left_behind(InstanceId first) const {
        std::map<InstanceId, std::vector<std::string>> left;
        for (std::size_t k = 0; k < crash_; ++k) {
            const Event& event = events()[k];
            if (event.kind == Kind::accepted && event.instances.front().first >= first)
                left[event.instances.front().first] = event.values;
        }
        return left;
    }

private:
    trace::Recording recording_;
    Cluster cluster_;
    Process* predecessor_ = nullptr;
    Process* successor_ = nullptr;
    std::size_t crash_ = 0;
};

class TakeoverUnderEachOracle : public testing::TestWithParam<Oracle> {
protected:
    static constexpr std::uint64_t kSeeds = 20;
};
INSTANTIATE_TEST_SUITE_P(All, TakeoverUnderEachOracle, testing::ValuesIn(kOracles), [](const auto& oracle) {
    std::string name(kOracleNames[static_cast<std::size_t>(oracle.param)]);
    name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
    return name;
});

// It was cut off, so that there is much to catch up on.
TEST_P(TakeoverUnderEachOracle, ALeaderHasDeliveredWhatIsKnownToBeDecidedBeforeItReigns) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        Takeover takeover(seed, GetParam());
        takeover.cut_successor_off();
        takeover.work();
        takeover.die();
        std::vector<InstanceId> known;  // to be decided, by each acceptor
        for (const unsigned a : {1u, 2u, 3u})
            known.push_back(takeover.cluster().acceptor(a).as<Acceptor>().log().decided_below());
        std::sort(known.begin(), known.end());
        ASSERT_GT(known[1].value(), 20u);
        ASSERT_EQ(takeover.successor().as<Proposer>().delivered_below(), InstanceId{});
        ASSERT_TRUE(takeover.succeeds());
        // Every quorum has an acceptor that knows the second highest.
        EXPECT_GE(takeover.successor().as<Proposer>().delivered_below(), known[1]) << seed;
        EXPECT_TRUE(takeover.delivers_all()) << seed;
    }
}

TEST_P(TakeoverUnderEachOracle, FinishesWhatItsPredecessorLeftBeforeItOpensNewInstances) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        Takeover takeover(seed, GetParam());
        takeover.work();
        takeover.die_with_votes_that_nobody_hears();
        ASSERT_TRUE(takeover.succeeds());
        const InstanceId begin = takeover.successor().as<Proposer>().delivered_below();
        ASSERT_TRUE(takeover.delivers_all()) << seed;

        auto left = takeover.left_behind(begin);
        ASSERT_GT(left.size(), 5u) << "the test would say little";
        for (const Event& proposal : takeover.deeds(Kind::sent, "2A")) {
            const InstanceId instance = proposal.instances.front().first;
            EXPECT_GE(instance, begin) << "what it has delivered is not proposed again, seed " << seed;
            const auto found = left.find(instance);
            if (found == left.end()) {
                EXPECT_TRUE(left.empty()) << "a new instance before the old ones are proposed, seed " << seed;
                break;
            }
            EXPECT_EQ(proposal.values, found->second) << "seed " << seed;
            left.erase(found);
        }
        EXPECT_TRUE(left.empty()) << left.size() << " instances are not finished, seed " << seed;
    }
}

TEST_P(TakeoverUnderEachOracle, LosesNothingAndDeliversNothingTwice) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        Takeover takeover(seed, GetParam());
        takeover.work();
        takeover.die_with_votes_that_nobody_hears();
        ASSERT_TRUE(takeover.delivers_all()) << seed;
        takeover.cluster().run_for(milliseconds(500));  // what might come once more
        EXPECT_EQ(takeover.cluster().deliveries().values_delivered(), kTakeoverValues) << seed;
        std::set<InstanceId> delivered;
        for (const Event& event : takeover.events()) {
            if (event.kind != Kind::delivered) continue;
            EXPECT_TRUE(delivered.insert(event.instances.front().first).second) << seed;
        }
    }
}

TEST_P(TakeoverUnderEachOracle, CostsOnePhase1) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        Takeover takeover(seed, GetParam());
        takeover.work();
        takeover.die_with_votes_that_nobody_hears();
        ASSERT_TRUE(takeover.delivers_all()) << seed;
        EXPECT_EQ(takeover.deeds(Kind::sent, "1A").size(), 1u) << seed;
        EXPECT_EQ(takeover.deeds(Kind::leads).size(), 1u) << seed;
    }
}

}  // namespace
}  // namespace synod::sim

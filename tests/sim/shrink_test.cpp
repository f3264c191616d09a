#include "synod/sim/shrink.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "synod/sim/scenario.hpp"

namespace synod::sim {
namespace {

// A planted bug: whatever history has a takeover "fails".
Result run_with_planted_bug(const Plan& plan) {
    Result result = run_plan(plan, {});
    if (result.coverage[Branch::takeover] > 0) result.failure = "planted: after a takeover";
    return result;
}

// Of those that are large enough to be made smaller, and small enough for that to be quick.
Plan first_that_fails() {
    for (std::uint64_t seed = 0;; ++seed) {
        Plan plan = draw_plan(seed);
        if (plan.deeds.size() < 50 || plan.cluster.acceptors < 3 || plan.cluster.clients < 2 ||
            plan.cluster.roles.oracle != Oracle::none)
            continue;
        const Result result = run_with_planted_bug(plan);
        if (!result.failure.empty() && result.events < 20'000) return plan;
    }
}

TEST(Shrink, OfAPlantedBugLeavesOnlyWhatItTakes) {
    const Plan plan = first_that_fails();
    const Shrunk shrunk = shrink(plan, run_with_planted_bug, 20'000'000);
    EXPECT_EQ(shrunk.result.failure, "planted: after a takeover");
    EXPECT_EQ(run_with_planted_bug(shrunk.plan).hash, shrunk.result.hash);
    EXPECT_LE(shrunk.plan.deeds.size(), 8u) << text_of(shrunk.plan);
    EXPECT_LE(shrunk.plan.cluster.acceptors, plan.cluster.acceptors);  // who makes the quorum stays
    EXPECT_LT(shrunk.plan.cluster.clients, plan.cluster.clients);
}

// Whoever is not needed is gone, and in none of the lists of those to whom something is done.
TEST(Shrink, LeavesAScenarioThatCanBeRead) {
    Plan plan = draw_plan(1);
    plan.cluster.acceptors = 3;
    plan.cluster.learners = plan.cluster.clients = 2;
    const Name last_acceptor{Role::acceptor, 3};
    const Name last_client{Role::client, 1};
    plan.deeds = {{Time{1}, deed::Start{last_acceptor}},
                  {Time{2}, deed::Partition{{last_acceptor, last_client}}},
                  {Time{3}, deed::Partition{{last_client, {Role::client, 0}}}},
                  {Time{4}, deed::Meddle{.type = 1, .speakers = {last_acceptor}, .hearers = {last_client}}},
                  {Time{5}, deed::Heal{{last_client}}}};
    const auto fails_with_partitions = [](const Plan& tried) {
        Result result{.events = 1, .simulated = milliseconds(1)};
        const auto is_partition = [](const TimedDeed& timed) {
            return std::holds_alternative<deed::Partition>(timed.deed);
        };
        if (std::any_of(tried.deeds.begin(), tried.deeds.end(), is_partition))
            result.failure = "planted: a partition";
        return result;
    };
    const Shrunk shrunk = shrink(plan, fails_with_partitions, 1000);
    EXPECT_EQ(shrunk.plan.cluster.clients, 1u);
    std::istringstream text(text_of(shrunk.plan));
    EXPECT_NO_THROW(static_cast<void>(read_scenario(text, "shrunk"))) << text_of(shrunk.plan);
}

// A cluster whose datagrams do not fit into its sockets "fails" as one that has a bug does.
TEST(Shrink, LeavesAClusterThatCanWork) {
    Plan plan = draw_plan(1);
    plan.cluster.machines.receive_buffer_bytes = 16 << 10;
    plan.cluster.roles.window_bytes = 4 << 10;
    plan.cluster.roles.batch_bytes = 1 << 10;
    const auto fails = [](const Plan& tried) {
        const bool small = tried.cluster.machines.receive_buffer_bytes == 16 << 10;
        return Result{.events = 1, .failure = small ? "planted: a small buffer" : ""};
    };
    const Shrunk shrunk = shrink(plan, fails, 1000);
    EXPECT_EQ(shrunk.plan.cluster.machines.receive_buffer_bytes, 16U << 10);
    EXPECT_EQ(shrunk.plan.cluster.roles.window_bytes, 4U << 10);
    EXPECT_EQ(shrunk.plan.cluster.roles.batch_bytes, 1U << 10);
}

TEST(Shrink, KeepsTheKindOfTheFailure) {
    EXPECT_EQ(kind_of("two orders: instance 17 at process 3 (at 5 us)"), kind_of("two orders: instance 4"));
    EXPECT_NE(kind_of("two orders: instance 17"), kind_of("a gap: instance 17"));
    EXPECT_EQ(kind_of("value 3 of session 88 was never written"),
              kind_of("value 4 of session 1 was never written"));
}

}  // namespace
}  // namespace synod::sim

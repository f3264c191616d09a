#include "synod/sim/plan.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "synod/sim/scenario.hpp"
#include "synod/sim/scenario_run.hpp"
#include "synod/sim/swarm.hpp"
#include "synod/sim/world.hpp"

namespace synod::sim {
namespace {

std::uint64_t hash_when_healed(const Plan& plan) {
    World world(plan.cluster);
    unfold(plan, world);
    return world.hash();
}

TEST(Plan, AsAScenarioIsTheSameHistory) {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        const Plan plan = draw_plan(seed);
        std::istringstream text(text_of(plan));
        Scenario scenario = read_scenario(text, "plan");
        ASSERT_EQ(scenario.steps.back().text, "run 300ms");
        scenario.steps.resize(scenario.steps.size() - 2);  // the end: until it is settled, and a little more
        scenario.steps.insert(scenario.steps.begin(), {0, "", step::Record{false}});
        const ScenarioResult result = run_scenario(scenario);
        EXPECT_EQ(result.failure, "") << seed;
        EXPECT_EQ(result.hash, hash_when_healed(plan)) << seed;
    }
}

TEST(Plan, AsAScenarioHasTheSameVerdict) {
    bool some_cannot_deliver = false;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const Plan plan = draw_plan(seed);
        std::istringstream text(text_of(plan));
        Scenario scenario = read_scenario(text, "plan");
        scenario.steps.insert(scenario.steps.begin(), {0, "", step::Record{false}});
        const Result result = run_plan(plan, {});
        some_cannot_deliver = some_cannot_deliver || !result.live;
        EXPECT_EQ(run_scenario(scenario).failure, "") << seed;
        EXPECT_EQ(result.failure, "") << seed;
    }
    EXPECT_TRUE(some_cannot_deliver) << "or this tests little";
}

TEST(Plan, IsTheSameForTheSameSeedAndAnotherForAnother) {
    EXPECT_EQ(text_of(draw_plan(5)), text_of(draw_plan(5)));
    EXPECT_NE(text_of(draw_plan(5)), text_of(draw_plan(6)));
}

}  // namespace
}  // namespace synod::sim

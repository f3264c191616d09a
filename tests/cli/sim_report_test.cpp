#include "synod/cli/sim_report.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace synod::cli {
namespace {

SimSummary summary_of_one_failure() {
    SimSummary summary;
    sim::Result fine;
    fine.seed = 6;
    sim::Result failed;
    failed.seed = 7;
    failed.failure = "two orders: instance 3 (at 5 us)";
    summary.add(fine);
    summary.add(failed);
    summary.histories.back().smaller = {"two orders: instance 0 (at 1 us)", 12, "cluster 1 acceptors\n"};
    return summary;
}

TEST(SimReport, AsJsonSaysWhatFailedAndHowItFailsWhenMadeSmaller) {
    const auto json = nlohmann::json::parse(json_of({}, summary_of_one_failure()));
    EXPECT_EQ(json["failures"], 1);
    const auto& histories = json["histories"];
    EXPECT_FALSE(histories[0].contains("failure"));
    EXPECT_EQ(histories[1]["failure"], "two orders: instance 3 (at 5 us)");
    EXPECT_EQ(histories[1]["smaller"]["failure"], "two orders: instance 0 (at 1 us)");
    EXPECT_EQ(histories[1]["smaller"]["attempts"], 12);
    EXPECT_EQ(histories[1]["smaller"]["scenario"], "cluster 1 acceptors\n");
}

TEST(SimReport, NamesTheHistoryThatTookLongestToHealAmongThoseOfWhichItWasAsked) {
    SimSummary summary;
    for (const std::uint64_t seed : {5u, 6u, 7u, 8u}) {
        sim::Result result;
        result.seed = seed;
        result.live = seed != 8;
        result.healed_after = milliseconds(seed == 6 ? 900 : seed);
        summary.add(result);
    }
    const auto json = nlohmann::json::parse(json_of({}, summary));
    EXPECT_EQ(json["heal_slowest_seed"], 6);
    EXPECT_EQ(json["heal_slowest_seconds"], 0.9);
    EXPECT_EQ(json["heal_median_seconds"], 0.007);
    EXPECT_EQ(json["histories"][0]["healed_seconds"], 0.005);
    EXPECT_FALSE(json["histories"][3].contains("healed_seconds"));
}

TEST(SimReport, NamesWhatWasMetTooRarely) {
    sim::Coverage coverage;
    for (auto& branch : coverage.branches)
        branch = 100;
    for (auto& fault : coverage.faults)
        fault.fill(100);
    EXPECT_TRUE(entries_below(coverage, 100).empty());
    coverage.faults[static_cast<std::size_t>(sim::Fault::lost)][wire::type_of(Message{Accept{}})] = 99;
    EXPECT_EQ(entries_below(coverage, 100), std::vector<std::string>{"Accept lost (99)"});
}

}  // namespace
}  // namespace synod::cli

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

TEST(SimReport, NamesWhatWasMetTooRarelyAndWhatNoHistoryBringsIsLeftOut) {
    sim::Coverage coverage;
    for (auto& branch : coverage.branches)
        branch = 100;
    for (auto& fault : coverage.faults)
        fault.fill(100);
    EXPECT_TRUE(entries_below(coverage, 100).empty());
    for (auto& fault : coverage.faults)
        fault[wire::type_of(Message{Taken{}})] = 0;
    EXPECT_TRUE(entries_below(coverage, 100).empty());
    coverage.faults[static_cast<std::size_t>(sim::Fault::lost)][wire::type_of(Message{Accept{}})] = 99;
    EXPECT_EQ(entries_below(coverage, 100), std::vector<std::string>{"Accept lost (99)"});
}

}  // namespace
}  // namespace synod::cli

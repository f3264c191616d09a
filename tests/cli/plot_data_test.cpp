#include "synod/cli/plot_data.hpp"

#include <gtest/gtest.h>

#include "synod/cli/plot_labels.hpp"

namespace synod::cli {
namespace {

constexpr std::uint64_t kStart = 5'000'000'000;

RunResult result_with(unsigned timelines) {
    RunResult result;
    result.start_ns = kStart;
    result.timelines = timelines;
    return result;
}

TEST(PlotData, ADistributionEndsWithAllOfTheValues) {
    node::Histogram latency;
    latency.record(100, 3);
    latency.record(200, 1);
    EXPECT_EQ(cdf_data(latency), "# latency/ms share\n0.000100 0.750000000\n0.000200 1.000000000\n");
}

TEST(PlotData, LatenciesStandInTheOrderOfTimeWhicheverLearnerMeasuredThem) {
    RunResult result = result_with(2);
    result.timeline = {
        1'000'000, 5000, {{2, 70'000}}, {{kStart + 2'000'000, 70'000}, {kStart + 1'000'000, 50'000}}};
    EXPECT_EQ(cartesian_data(result), "# delivered/s latency/ms\n0.001000 0.050000\n0.002000 0.070000\n");
}

TEST(PlotData, ThroughputIsThatOfOneLearner) {
    RunResult result = result_with(2);
    result.timeline = {2'000'000, 2500, {{400, 70'000}, {0, 0}}, {}};
    EXPECT_EQ(throughput_data(result),
              "# middle/s values/s longest_latency/ms\n0.001000 100000.0 0.070000\n0.003000 0.0 0.000000\n");
}

TEST(PlotData, WhatHappenedBeforeTheFirstSubmissionIsLeftOut) {
    RunResult result = result_with(1);
    result.course.events = {{kStart - 1, "proposer 1 leads"}, {kStart + 1'500'000'000, "acceptor 2 killed"}};
    EXPECT_EQ(events_data(result, {}),
              "# s role id what\n0.000000 clients all start\n1.500000 acceptor 2 killed\n");
    EXPECT_LT(seconds_after_start(result, kStart - 1), 0);
}

TEST(PlotData, InjectedFaultsAreMarkedWhereTheyBegin) {
    EXPECT_EQ(events_data(result_with(1), {.loss = 0.1, .duplicate = 0, .reorder = 0.05, .seed = 7}),
              "# s role id what\n0.000000 clients all start\n0.000000 loss 0.1 injected\n"
              "0.000000 reordering 0.05 injected\n");
}

TEST(PlotLabels, SayWhatTellsTheRunsApart) {
    const std::vector<PlottedRun> runs{{"on", {{"clients", 2}, {"batch", 0}, {"direct_2b", true}}},
                                       {"off", {{"clients", 2}, {"batch", 1}, {"direct_2b", false}}}};
    EXPECT_EQ(labels_of(runs), (std::vector<std::string>{"on: batch without limit, direct_2b on",
                                                         "off: batch 1, direct_2b off"}));
}

TEST(PlotLabels, OfEqualRunsAreTheirDirectories) {
    const std::vector<PlottedRun> runs{{"a", {{"clients", 2}}}, {"b", {{"clients", 2}}}};
    EXPECT_EQ(labels_of(runs), (std::vector<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace synod::cli

#include "synod/cli/sim_batch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "synod/cli/sim_report.hpp"

namespace synod::cli {
namespace {

using testing::ElementsAre;

TEST(SimBatch, HandsOverTheSameResultsInTheOrderOfTheSeedsForAnyNumberOfThreads) {
    const auto run = [](unsigned jobs) {
        SimSummary summary;
        SimBatch({.seed = 40, .seeds = 12}, jobs).run([&](const sim::Result& result) {
            summary.add(result);
        });
        return summary;
    };
    const SimSummary one = run(1);
    const SimSummary three = run(3);
    std::vector<std::uint64_t> seeds;
    for (const SimSummary::History& history : three.histories)
        seeds.push_back(history.seed);
    EXPECT_THAT(seeds, ElementsAre(40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51));
    EXPECT_EQ(one.hash(), three.hash());
    EXPECT_EQ(json_of({.coverage = true}, one), json_of({.coverage = true}, three));
}

TEST(SimBatch, BeginsNothingOnceItsTimeIsOver) {
    std::uint64_t histories = 0;
    SimBatch({.seed = 1, .seeds = std::nullopt, .ends_at = std::chrono::steady_clock::now()}, 2)
        .run([&](const sim::Result&) { ++histories; });
    EXPECT_EQ(histories, 0u);
}

TEST(SimSummary, NamesWhatWasMetTooRarely) {
    sim::Coverage coverage;
    for (auto& branch : coverage.branches)
        branch = 100;
    for (auto& fault : coverage.faults)
        fault.fill(100);
    EXPECT_THAT(entries_below(coverage, 100), testing::IsEmpty());
    --coverage.branches[static_cast<std::size_t>(sim::Branch::takeover)];
    --coverage.faults[static_cast<std::size_t>(sim::Fault::lost)][wire::type_of(Message{Nack{}})];
    EXPECT_THAT(entries_below(coverage, 100), ElementsAre("takeover (99)", "Nack lost (99)"));
}

TEST(SimSummary, OfOneHistoryHasItsHash) {
    SimSummary summary;
    summary.add({.seed = 3, .hash = 77});
    EXPECT_EQ(summary.hash(), 77u);
}

}  // namespace
}  // namespace synod::cli

#include "synod/core/batcher.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/core_test.hpp"

namespace synod::test {
namespace {

using testing::ElementsAre;

class BatcherTest : public testing::Test {
protected:
    static constexpr std::uint32_t kBytesMax = 200;

    void add(const std::vector<std::byte>& run, std::uint32_t skip = 0) {
        batcher_.add(read(run), skip, now_, log_);
    }
    // The pieces of the next batch, or nothing.
    std::optional<std::vector<std::string>> take(bool send_now) {
        const auto handle = batcher_.take(send_now, now_, log_);
        if (!handle) return std::nullopt;
        const Bytes batch = log_.arena().view(*handle);
        const auto pieces = pieces_of(batch);
        EXPECT_TRUE(batch.size() <= kBytesMax || pieces.size() == 1);
        return pieces;
    }
    std::vector<std::string> take_pieces() { return take(true).value(); }
    void limit_pieces(std::uint32_t pieces_max) {
        batcher_ = Batcher({.bytes_max = kBytesMax, .pieces_max = pieces_max});
    }

    InstanceLog log_{{}};
    Batcher batcher_{{.bytes_max = kBytesMax}};
    Time now_ = ms(10);
};

// "Batching without a fixed timer: send at once when nothing is in flight; while something is, gather"
TEST_F(BatcherTest, WithNothingInFlightABatchGoesAtOnce) {
    EXPECT_EQ(take(true), std::nullopt);
    add(run_of(s(1), 0, {"a"}));
    EXPECT_FALSE(batcher_.empty());
    EXPECT_THAT(take(true).value(), ElementsAre("1:0:a"));
    EXPECT_TRUE(batcher_.empty());
}

TEST_F(BatcherTest, OtherwiseItGathersUntilItHasLingered) {
    add(run_of(s(1), 0, {"a"}));
    EXPECT_EQ(batcher_.deadline(), now_ + microseconds(200));
    EXPECT_EQ(take(false), std::nullopt);
    now_ = now_ + microseconds(199);
    add(run_of(s(2), 0, {"b"}));
    EXPECT_EQ(take(false), std::nullopt);
    now_ = now_ + microseconds(1);
    EXPECT_THAT(take(false).value(), ElementsAre("1:0:a", "2:0:b"));
    EXPECT_EQ(batcher_.deadline(), kNever);
    EXPECT_EQ(take(false), std::nullopt);
}

TEST_F(BatcherTest, TheLingerBeginsAnewWithEachBatch) {
    add(run_of(s(1), 0, {std::string(60, 'a')}));
    add(run_of(s(2), 0, {std::string(60, 'b')}));
    now_ = now_ + microseconds(150);
    add(run_of(s(3), 0, {std::string(60, 'c')}));  // does not fit: the first two are closed
    EXPECT_EQ(batcher_.deadline(), now_ + microseconds(200));
    EXPECT_EQ(take(false)->size(), 2u);
    EXPECT_EQ(take(false), std::nullopt);
}

TEST_F(BatcherTest, AFullBatchWaitsForNobody) {
    for (std::uint64_t k = 0; k < 6; ++k)
        add(run_of(s(1), k, {std::string(20, 'x')}));
    EXPECT_EQ(take(false)->size(), 3u);
    EXPECT_EQ(take(false), std::nullopt);
    EXPECT_EQ(take(true)->size(), 3u);
}

TEST_F(BatcherTest, ARunThatFillsABatchIsStoredAloneAndAtOnce) {
    add(run_of(s(1), 0, {std::string(100, 'x')}));
    EXPECT_EQ(batcher_.deadline(), kNever);
    EXPECT_EQ(log_.arena().live_bytes(), kRunHeaderBytes + 100);
    EXPECT_EQ(take(false)->size(), 1u);
}

TEST_F(BatcherTest, WhatIsAddedFirstIsTakenFirst) {
    std::vector<std::string> taken;
    for (std::uint64_t k = 0; k < 50; ++k) {
        add(run_of(s(1), k, {std::string(k * 37 % 160, 'x')}));
        if (k % 7 == 3) {
            const auto batch = take(k % 2 == 0);
            if (batch) taken.insert(taken.end(), batch->begin(), batch->end());
        }
    }
    while (const auto batch = take(true))
        taken.insert(taken.end(), batch->begin(), batch->end());
    ASSERT_EQ(taken.size(), 50u);
    for (std::uint64_t k = 0; k < 50; ++k) {
        EXPECT_EQ(taken[k], "1:" + std::to_string(k) + ":" + std::string(k * 37 % 160, 'x'));
    }
}

TEST_F(BatcherTest, PiecesAdmittedBeforeAreLeftOut) {
    add(run_of(s(1), 5, {"a", "b", "c"}, true), 1);
    EXPECT_THAT(take(true).value(), ElementsAre("1:6:b", "1:7:c+"));
}

TEST_F(BatcherTest, ARunLargerThanABatchIsSplit) {
    const std::string forty(40, 'x');
    add(run_of(s(1), 0, {forty, forty, forty, forty, forty, forty}, true));
    std::vector<std::string> taken;
    while (const auto batch = take(true))
        taken.insert(taken.end(), batch->begin(), batch->end());
    ASSERT_EQ(taken.size(), 6u);
    EXPECT_EQ(taken.front(), "1:0:" + forty);
    EXPECT_EQ(taken.back(), "1:5:" + forty + "+");
}

// `--batch 1`
TEST_F(BatcherTest, OnePieceABatchIsNoBatching) {
    limit_pieces(1);
    add(run_of(s(1), 0, {"a", "b", "c"}));
    EXPECT_THAT(take(false).value(), ElementsAre("1:0:a"));
    EXPECT_THAT(take(false).value(), ElementsAre("1:1:b"));
    EXPECT_THAT(take(false).value(), ElementsAre("1:2:c"));
    EXPECT_EQ(take(true), std::nullopt);
    EXPECT_TRUE(batcher_.empty());
}

TEST_F(BatcherTest, ABatchTakesSoManyPiecesAndNoMore) {
    limit_pieces(2);
    add(run_of(s(1), 0, {"a", "b", "c"}));
    EXPECT_EQ(take(false)->size(), 2u);
    EXPECT_EQ(take(false), std::nullopt);
    add(run_of(s(2), 0, {"d"}));
    EXPECT_THAT(take(false).value(), ElementsAre("1:2:c", "2:0:d"));
}

// A client may pack larger than this proposer does.
TEST_F(BatcherTest, APieceLargerThanABatchIsABatchOfItsOwn) {
    const std::string large(kBytesMax, 'x');
    add(run_of(s(1), 0, {"a", large, "b"}));
    EXPECT_THAT(take_pieces(), ElementsAre("1:0:a"));
    EXPECT_THAT(take_pieces(), ElementsAre("1:1:" + large));
    EXPECT_THAT(take_pieces(), ElementsAre("1:2:b"));
    EXPECT_EQ(take(true), std::nullopt);
}

TEST_F(BatcherTest, APieceLargerThanABatchIsOneOfTheirNumberToo) {
    limit_pieces(2);
    const std::string large(kBytesMax, 'x');
    add(run_of(s(1), 0, {large, large, "b"}), 1);
    EXPECT_THAT(take_pieces(), ElementsAre("1:1:" + large));
    EXPECT_THAT(take_pieces(), ElementsAre("1:2:b"));
}

TEST_F(BatcherTest, WhatWaitsIsItsState) {
    Batcher copy = batcher_;
    add(run_of(s(1), 0, {std::string(kBytesMax - kRunHeaderBytes, 'x')}));
    EXPECT_NE(copy.state(log_), batcher_.state(log_));
    copy = batcher_;
    EXPECT_EQ(copy.state(log_), batcher_.state(log_));
    add(run_of(s(1), 1, {"a"}));
    EXPECT_NE(copy.state(log_), batcher_.state(log_));
}

TEST_F(BatcherTest, WhatIsClearedIsForgottenAndItsMemoryFree) {
    add(run_of(s(1), 0, {std::string(100, 'x')}));
    add(run_of(s(1), 1, {"a"}));
    batcher_.clear(log_);
    EXPECT_TRUE(batcher_.empty());
    EXPECT_EQ(log_.arena().live_bytes(), 0u);
    EXPECT_EQ(take(true), std::nullopt);
}

}  // namespace
}  // namespace synod::test

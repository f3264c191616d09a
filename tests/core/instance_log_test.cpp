#include "synod/core/instance_log.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

#include "core/core_test.hpp"

namespace synod::test {
namespace {

class InstanceLogTest : public testing::Test {
protected:
    static InstanceLog::Options options() {
        return {.chunk_bytes = 1024, .instances_max = 64, .bytes_max = 4096};
    }
    void TearDown() override { log_.check_invariants(); }

    bool put(std::uint64_t instance, Ballot ballot, std::string_view value) {
        const bool kept = log_.put(i(instance), ballot, v(value));
        log_.check_invariants();
        return kept;
    }
    void learn(Ballot ballot, Range reign) {
        log_.learn({ballot, reign.first, reign.end});
        log_.check_invariants();
    }
    [[nodiscard]] std::string value(std::uint64_t instance) const {
        const auto* entry = log_.find(i(instance));
        return entry == nullptr ? "(none)" : text(log_.value(*entry));
    }
    [[nodiscard]] bool decided(std::uint64_t instance) const {
        const auto* entry = log_.find(i(instance));
        return entry != nullptr && entry->decided;
    }
    [[nodiscard]] std::vector<Range> missing() const {
        return {log_.missing().ranges().begin(), log_.missing().ranges().end()};
    }

    InstanceLog log_{options()};
};

TEST_F(InstanceLogTest, TheValueOfTheHighestBallotStands) {
    put(0, b(2), "y");
    EXPECT_TRUE(put(0, b(1), "x"));
    EXPECT_EQ(value(0), "y");
    put(0, b(3), "z");
    EXPECT_EQ(value(0), "z");
    EXPECT_EQ(log_.find(i(0))->ballot, b(3));
}

// L2
TEST_F(InstanceLogTest, ADecidedValueNeverChanges) {
    put(0, b(1), "x");
    log_.decide(i(0));
    put(0, b(2), "y");
    EXPECT_EQ(value(0), "x");
    EXPECT_EQ(log_.find(i(0))->ballot, b(2)) << "though it is known to have been sent in a higher ballot too";
    log_.put_decided(i(0), v("z"));
    EXPECT_EQ(value(0), "x");
}

// Rule 5. [A payload of b1 is not what was decided in b2.]
TEST_F(InstanceLogTest, WhatIsLearntReplacesTheValueOfALostBallot) {
    put(0, b(1), "x");
    log_.put_decided(i(0), v("y"));
    EXPECT_EQ(value(0), "y");
    EXPECT_TRUE(decided(0));
    EXPECT_EQ(log_.decided_below(), i(1));
}

// L1
TEST_F(InstanceLogTest, TheWatermarkPassesOnlyWhatIsDecidedWithoutAGap) {
    put(0, b(1), "x");
    put(1, b(1), "y");
    put(2, b(1), "z");
    log_.decide(i(1));
    EXPECT_EQ(log_.decided_below(), i(0));
    log_.decide(i(0));
    EXPECT_EQ(log_.decided_below(), i(2));
}

// L3
TEST_F(InstanceLogTest, WhatLaterOnesHavePassedIsMissing) {
    put(3, b(1), "w");
    EXPECT_EQ(missing(), (std::vector{range(0, 3)}));
    put(1, b(1), "x");
    EXPECT_EQ(missing(), (std::vector{range(0, 1), range(2, 3)}));
    EXPECT_EQ(log_.seen_below(), i(4));
}

TEST_F(InstanceLogTest, WhatIsSaidToBeDecidedIsMissingUntilItIsDecidedHere) {
    put(0, b(1), "x");
    put(1, b(1), "y");
    log_.note_decided_below(i(4));
    EXPECT_EQ(missing(), (std::vector{range(0, 4)}));
    put(2, b(1), "z");  // received, but is it the chosen one?
    EXPECT_EQ(missing(), (std::vector{range(0, 4)}));
    log_.decide(i(0));
    log_.put_decided(i(2), v("z"));
    EXPECT_EQ(missing(), (std::vector{range(1, 2), range(3, 4)}));
    EXPECT_EQ(log_.decided_below(), i(1));
    EXPECT_EQ(log_.known_decided_below(), i(4));
}

TEST_F(InstanceLogTest, AWatermarkThatLagsSaysNothingNew) {
    log_.note_decided_below(i(4));
    log_.note_decided_below(i(2));
    EXPECT_EQ(log_.known_decided_below(), i(4));
    log_.note_seen_below(i(1));
    EXPECT_EQ(log_.seen_below(), i(4));
    EXPECT_EQ(missing(), (std::vector{range(0, 4)}));
}

TEST_F(InstanceLogTest, AReignDecidesWhatItSentInItsBallotFromItsFirstInstanceOn) {
    put(0, b(2), "of this ballot, before its reign");
    put(1, b(1), "of a lower ballot");
    put(2, b(2), "x");
    put(3, b(2), "y");
    learn(b(2), range(1, 3));
    EXPECT_FALSE(decided(0));
    EXPECT_FALSE(decided(1));
    EXPECT_TRUE(decided(2));
    EXPECT_FALSE(decided(3));
    put(1, b(2), "sent again");
    EXPECT_TRUE(decided(1));
    EXPECT_EQ(missing(), (std::vector{range(0, 1)}));
}

TEST_F(InstanceLogTest, ALowerReignHasNoSay) {
    put(0, b(1), "x");
    learn(b(2), range(0, 0));
    learn(b(1), range(0, 1));
    EXPECT_FALSE(decided(0));
    EXPECT_EQ(log_.reign().ballot, b(2));
}

TEST_F(InstanceLogTest, AReignsWatermarkNeverFalls) {
    put(0, b(1), "x");
    learn(b(1), range(0, 4));
    learn(b(1), range(0, 2));
    put(3, b(1), "y");
    EXPECT_TRUE(decided(3));
}

TEST_F(InstanceLogTest, AHigherReignBeginsWithItsOwnWatermark) {
    learn(b(1), range(0, 9));
    learn(b(2), range(3, 4));
    put(3, b(2), "x");
    put(5, b(2), "y");
    EXPECT_TRUE(decided(3));
    EXPECT_FALSE(decided(5)) << "decided in b1, perhaps with another value";
}

TEST_F(InstanceLogTest, WhatIsDecidedMayBeForgotten) {
    for (std::uint64_t k = 0; k < 3; ++k)
        put(k, b(1), "x");
    learn(b(1), range(0, 2));
    log_.drop_below(i(2));
    EXPECT_EQ(log_.first(), i(2));
    EXPECT_EQ(value(1), "(none)");
    EXPECT_EQ(value(2), "x");
    EXPECT_EQ(log_.arena().live_bytes(), 1u);
}

TEST_F(InstanceLogTest, WhatIsNowhereToBeHadIsGivenUp) {
    put(1, b(1), "x");
    put(5, b(1), "y");
    put(6, b(1), "z");
    log_.decide(i(5));
    log_.note_decided_below(i(8));
    log_.skip_to(i(5));
    log_.check_invariants();
    EXPECT_EQ(log_.first(), i(5));
    EXPECT_EQ(log_.decided_below(), i(6));
    EXPECT_EQ(log_.known_decided_below(), i(8));
    EXPECT_EQ(missing(), (std::vector{range(6, 8)}));
    log_.skip_to(i(3));
    EXPECT_EQ(log_.first(), i(5));
    log_.skip_to(i(100));
    log_.check_invariants();
    EXPECT_EQ(log_.decided_below(), i(100));
    EXPECT_TRUE(missing().empty());
    put(100, b(2), "on we go");
    EXPECT_EQ(value(100), "on we go");
}

TEST_F(InstanceLogTest, ItHoldsSoManyInstancesAndNoMore) {
    EXPECT_TRUE(put(63, b(1), "x"));
    EXPECT_FALSE(put(64, b(1), "y"));
    EXPECT_EQ(value(64), "(none)");
    EXPECT_TRUE(log_.missing().contains(i(64))) << "it has been seen, and is asked for when there is room";
    EXPECT_FALSE(put(~std::uint64_t{0} - 1, b(1), "z"));
}

TEST_F(InstanceLogTest, ItHoldsSoManyBytesAndTheInstanceEverythingWaitsFor) {
    const std::string half(1000, 'x');
    for (std::uint64_t k = 1; k <= 4; ++k)
        EXPECT_TRUE(put(k, b(1), half));
    EXPECT_FALSE(put(5, b(1), half));
    EXPECT_TRUE(put(5, b(1), "small"));
    EXPECT_TRUE(put(0, b(1), half));
    EXPECT_EQ(value(0), half);
}

TEST_F(InstanceLogTest, AStagedValueBecomesTheValueOfItsInstance) {
    put(0, b(1), "older");
    const auto handle = log_.stage(v("staged"));
    log_.put_staged(i(0), b(2), handle);
    EXPECT_EQ(value(0), "staged");
    EXPECT_EQ(log_.find(i(0))->ballot, b(2));
    const auto nobody = log_.stage(v("never proposed"));
    log_.unstage(nobody);
    EXPECT_EQ(log_.arena().live_bytes(), 6u);
}

TEST_F(InstanceLogTest, AStagedValueOfADecidedReignIsDecided) {
    put(3, b(1), "w");
    log_.put_staged(i(0), b(1), log_.stage(v("x")));
    EXPECT_EQ(missing(), (std::vector{range(1, 3)}));
    learn(b(1), range(0, 2));
    log_.put_staged(i(1), b(1), log_.stage(v("y")));
    EXPECT_EQ(log_.decided_below(), i(2));
}

TEST_F(InstanceLogTest, EachOfItsMarksIsPartOfItsState) {
    std::vector<InstanceLog> logs{InstanceLog(options())};
    const auto add = [&](auto change) {
        InstanceLog log{options()};
        change(log);
        logs.push_back(log);
    };
    add([](InstanceLog& log) { log.put(i(0), b(1), v("x")); });
    add([](InstanceLog& log) { log.put(i(0), b(2), v("x")); });
    add([](InstanceLog& log) { log.put(i(0), b(1), v("y")); });
    add([](InstanceLog& log) { log.put(i(1), b(1), v("x")); });
    add([](InstanceLog& log) { log.put_decided(i(0), v("x")); });
    add([](InstanceLog& log) { log.note_seen_below(i(1)); });
    add([](InstanceLog& log) { log.note_decided_below(i(1)); });
    add([](InstanceLog& log) { log.learn({b(1), i(0), i(0)}); });
    add([](InstanceLog& log) { log.learn({b(1), i(1), i(1)}); });
    add([](InstanceLog& log) { log.skip_to(i(1)); });
    for (std::size_t x = 0; x < logs.size(); ++x) {
        for (std::size_t y = 0; y < logs.size(); ++y) {
            StateHash hx;
            StateHash hy;
            logs[x].hash_into(hx);
            logs[y].hash_into(hy);
            EXPECT_EQ(logs[x] == logs[y], x == y) << x << ' ' << y;
            EXPECT_EQ(hx.value() == hy.value(), x == y) << x << ' ' << y;
        }
    }
}

// A log against what L1-L3 say, spelt out: one value a (instance, ballot), reigns that are true.
TEST(InstanceLogProperty, WhateverArrivesInWhateverOrderItKeepsItsWord) {
    EXPECT_TRUE(rc::check([] {
        constexpr std::uint64_t kInstances = 12;
        InstanceLog log{{.chunk_bytes = 64, .instances_max = 1000, .bytes_max = 1 << 20}};
        std::map<std::uint64_t, std::string> chosen;  // what was decided is the same ever after
        const auto steps = *rc::gen::container<std::vector<std::tuple<int, std::uint8_t, std::uint8_t>>>(
            rc::gen::tuple(rc::gen::inRange(0, 7), rc::gen::inRange<std::uint8_t>(0, kInstances),
                           rc::gen::inRange<std::uint8_t>(1, 4)));
        for (const auto& [what, number, round] : steps) {
            const InstanceId at = i(number);
            // In ballots 1 and 2 values differ, from ballot 2 on they are the chosen ones.
            const std::string value = std::to_string(number) + (round == 1 ? "lost" : "chosen");
            if (what == 0) log.note_decided_below(at);
            if (what == 1) log.note_seen_below(at);
            if (what == 2 && round >= 2) log.learn({b(round), i(0), at});
            if (what == 3 && at >= log.first()) log.put_decided(at, v(std::to_string(number) + "chosen"));
            if (what >= 4 && at >= log.first()) log.put(at, b(round), v(value));
            if (what == 6 && at <= log.decided_below()) log.drop_below(at);

            log.check_invariants();
            for (std::uint64_t k = log.first().value(); k < kInstances; ++k) {
                const auto* entry = log.find(i(k));
                if (chosen.contains(k)) RC_ASSERT(entry != nullptr && entry->decided);
                if (entry == nullptr || !entry->decided) continue;
                RC_ASSERT(text(log.value(*entry)) == std::to_string(k) + "chosen");
                chosen[k] = text(log.value(*entry));
            }
            const InstanceLog copy = log;
            RC_ASSERT(copy == log);
        }
    }));
}

}  // namespace
}  // namespace synod::test

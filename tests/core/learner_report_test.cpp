#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core_test.hpp"
#include "synod/core/learner.hpp"

namespace synod::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// How far a learner is, as it tells the leader.
class LearnerReportTest : public ::testing::Test {
protected:
    void accept(std::uint64_t instance, std::string_view value) {
        learner_.on(Accept{{b(1), i(0), i(instance)}, i(instance), v(value)}, proposer(), now_, outbox_);
    }
    void beacon(std::uint64_t next) {
        learner_.on(Beacon{{b(1), i(0), i(next)}, i(next)}, proposer(), now_, outbox_);
    }
    std::vector<LearnerStatus> reports() {
        outbox_.clear();
        learner_.flush(now_, outbox_);
        return sent<LearnerStatus>(outbox_);
    }

    Learner learner_{Learner::Options{.id = LearnerId{3}, .window_bytes = 80}};
    Time now_ = ms(1000);
    Outbox outbox_;
};

TEST_F(LearnerReportTest, ItReportsEachEighthOfItsWindow) {
    accept(0, "123456789");
    EXPECT_THAT(reports(), IsEmpty());
    accept(1, "123456789");
    const auto told = reports();
    ASSERT_THAT(told, SizeIs(1));
    EXPECT_EQ(told[0].seen_below, i(2));
    EXPECT_THAT(destinations<LearnerStatus>(outbox_), ElementsAre(to(proposer())));
}

// A report may be lost, and the leader, its window full, then waits for it and sends nothing but beacons.
TEST_F(LearnerReportTest, EveryBeaconIsAnsweredEvenWhenThereIsNothingNew) {
    accept(0, "0123456789");
    EXPECT_THAT(reports(), SizeIs(1));
    for (int k = 0; k < 3; ++k) {
        now_ = now_ + milliseconds(1);
        beacon(1);
        EXPECT_THAT(reports(), SizeIs(1));
        EXPECT_THAT(reports(), IsEmpty());
    }
}

// The leader hears what is sent to the acceptors' group.
TEST_F(LearnerReportTest, OneThatGivesSnapshotsTellsTheAcceptorsToo) {
    learner_ = Learner(Learner::Options{.id = LearnerId{3}, .gives_snapshots = true, .window_bytes = 80});
    accept(0, "0123456789");
    const auto told = reports();
    ASSERT_THAT(told, SizeIs(1));
    EXPECT_EQ(told[0].delivered_below, i(0));
    EXPECT_THAT(destinations<LearnerStatus>(outbox_), ElementsAre(to_all(Role::acceptor)));
}

}  // namespace
}  // namespace synod::test

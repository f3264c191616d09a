#include "synod/node/survey.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "synod/node/run_directory.hpp"

namespace synod::node {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SurveyTest : public ::testing::Test {
protected:
    SurveyTest() {
        char name[] = "/tmp/synod-survey-XXXXXX";
        base_ = mkdtemp(name);
    }
    ~SurveyTest() override { std::filesystem::remove_all(base_); }

    [[nodiscard]] RunDirectory enter(const std::string& role, std::uint16_t id) const {
        return RunDirectory::enter({.base = base_,
                                    .cluster = "blue",
                                    .fixed_run = {},
                                    .role = role,
                                    .id = id,
                                    .leaves_mark = role == "acceptor" || role == "server"});
    }
    [[nodiscard]] Survey look() const { return survey(base_, "blue"); }

    std::string base_;
};

TEST_F(SurveyTest, NothingRunsInADirectoryThatIsNotThereYet) {
    const Survey found = survey(base_ + "/new", "blue");
    EXPECT_THAT(found.living, IsEmpty());
    EXPECT_EQ(found.problem, "");
    EXPECT_FALSE(std::filesystem::exists(base_ + "/new")) << "a look changes nothing";
}

TEST_F(SurveyTest, NamesWhoLivesAndNobodyElse) {
    const RunDirectory acceptor = enter("acceptor", 2);
    const RunDirectory learner = enter("learner", 7);
    { const RunDirectory gone = enter("proposer", 1); }
    const Survey found = look();
    ASSERT_THAT(found.living, SizeIs(2));
    EXPECT_EQ(found.living[0].role, "acceptor");
    EXPECT_EQ(found.living[0].id, 2);
    EXPECT_EQ(found.living[0].pid, getpid());
    EXPECT_EQ(found.living[1].role, "learner");
    EXPECT_EQ(found.living[1].id, 7);
    EXPECT_THAT(found.dead_voters, IsEmpty());
    EXPECT_EQ(found.path, acceptor.path());
}

TEST_F(SurveyTest, NamesAcceptorsThatWouldComeBackAsObservers) {
    const RunDirectory learner = enter("learner", 1);
    { const RunDirectory gone = enter("acceptor", 3); }
    EXPECT_THAT(look().dead_voters, ElementsAre(3));
}

TEST_F(SurveyTest, AServerIsDeadOnlyWhenItLivesNoMore) {
    const RunDirectory living = enter("server", 1);
    { const RunDirectory gone = enter("server", 2); }
    EXPECT_THAT(look().dead_voters, ElementsAre(2));
}

TEST_F(SurveyTest, SaysWhyTheDirectoryCannotBeUsed) {
    std::ofstream(base_ + "/file") << "no directory";
    const Survey found = survey(base_ + "/file", "blue");
    EXPECT_THAT(found.problem, HasSubstr("is not a directory"));
    EXPECT_THAT(found.remedy, HasSubstr("SYNOD_RUN_DIR"));
    EXPECT_THAT(survey("/nosuch/place/below", "blue").problem, HasSubstr("cannot be made"));
}

TEST(Locks, AreReadFromTheKernelsTable) {
    constexpr const char* kLocks =
        "1: FLOCK  ADVISORY  WRITE 4711 fd:01:2359297 0 EOF\n"
        "2: FLOCK  ADVISORY  READ 4711 fd:01:17 0 EOF\n"
        "3: POSIX  ADVISORY  WRITE 4711 fd:01:18 0 EOF\n";
    EXPECT_TRUE(shows_exclusive_lock(kLocks, 2359297));
    EXPECT_FALSE(shows_exclusive_lock(kLocks, 17)) << "a shared lock";
    EXPECT_FALSE(shows_exclusive_lock(kLocks, 18)) << "not a flock";
    EXPECT_FALSE(shows_exclusive_lock(kLocks, 2359));
}

}  // namespace
}  // namespace synod::node

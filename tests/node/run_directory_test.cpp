#include "synod/node/run_directory.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace synod::node {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

// What became of a process that entered.
struct Outcome {
    std::uint64_t run = 0;  // 0: it was refused
    bool first_life = false;
    int refused_by = 0;  // the pid that AlreadyRunning told
    char why[400] = {};
};

// A process of its own that enters and then lives until it is killed.
class Life {
public:
    explicit Life(const RunEntry& entry) {
        int ends[2];
        EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
        pid_ = fork();
        if (pid_ == 0) live(entry, ends[1]);
        close(ends[1]);
        outcome_fd_ = OwnedFd(ends[0]);
    }
    Life(const Life&) = delete;
    Life& operator=(const Life&) = delete;
    ~Life() { kill9(); }

    const Outcome& outcome() {
        if (!std::exchange(known_, true)) {
            EXPECT_EQ(read(outcome_fd_.get(), &outcome_, sizeof outcome_), ssize_t{sizeof outcome_});
        }
        return outcome_;
    }
    void kill9() {
        if (pid_ == 0) return;
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }
    [[nodiscard]] pid_t pid() const { return pid_; }

private:
    [[noreturn]] static void live(const RunEntry& entry, int to) {
        Outcome outcome;
        std::unique_ptr<RunDirectory> directory;
        try {
            directory = std::make_unique<RunDirectory>(RunDirectory::enter(entry));
            outcome.run = directory->run();
            outcome.first_life = directory->first_life();
        } catch (const AlreadyRunning& error) {
            outcome.refused_by = error.pid();
            std::strncpy(outcome.why, error.what(), sizeof outcome.why - 1);
        } catch (const std::exception& error) {
            std::strncpy(outcome.why, error.what(), sizeof outcome.why - 1);
        }
        if (write(to, &outcome, sizeof outcome) != ssize_t{sizeof outcome}) _exit(1);
        for (;;)
            pause();
    }

    pid_t pid_ = 0;
    OwnedFd outcome_fd_;
    Outcome outcome_;
    bool known_ = false;
};

class RunDirectoryTest : public ::testing::Test {
protected:
    RunDirectoryTest() {
        char name[] = "/tmp/synod-test-XXXXXX";
        base_ = mkdtemp(name);
    }
    ~RunDirectoryTest() override { std::filesystem::remove_all(base_); }

    RunEntry entry(const std::string& role, std::uint16_t id) const {
        return {base_ + "/base", "a cluster", std::nullopt, role, id, role == "acceptor"};
    }
    RunEntry acceptor(std::uint16_t id) const { return entry("acceptor", id); }
    RunEntry fixed(RunEntry entry, std::uint64_t run) const {
        entry.fixed_run = run;
        return entry;
    }

    std::string base_;
};

TEST_F(RunDirectoryTest, ProcessesThatLiveTogetherAreInTheSameRun) {
    Life first(acceptor(1));
    ASSERT_NE(first.outcome().run, 0U) << first.outcome().why;
    Life second(acceptor(2));
    Life third(entry("learner", 1));
    EXPECT_EQ(second.outcome().run, first.outcome().run);
    EXPECT_EQ(third.outcome().run, first.outcome().run);
    EXPECT_TRUE(first.outcome().first_life && second.outcome().first_life && third.outcome().first_life);
}

TEST_F(RunDirectoryTest, AProcessThatStartsAloneBeginsANewRunWithoutAPast) {
    std::set<std::uint64_t> runs;
    for (int k = 0; k < 5; ++k) {
        Life life(acceptor(1));
        EXPECT_TRUE(life.outcome().first_life);
        runs.insert(life.outcome().run);
    }
    EXPECT_EQ(runs.size(), 5U);
}

// [A1, A2 decide; A1 restarts, A2 pauses, A3 starts late: A1 and A3 look like a fresh cluster.]
TEST_F(RunDirectoryTest, AnAcceptorKilledAndStartedAgainWhileOthersLiveIsToldSo) {
    Life other(entry("client", 1));
    Life once(acceptor(1));
    ASSERT_TRUE(once.outcome().first_life);
    ASSERT_EQ(once.outcome().run, other.outcome().run);
    once.kill9();

    Life again(acceptor(1));
    EXPECT_EQ(again.outcome().run, other.outcome().run);
    EXPECT_FALSE(again.outcome().first_life);
    Life late(acceptor(3));
    EXPECT_TRUE(late.outcome().first_life);
}

TEST_F(RunDirectoryTest, ARoleWithoutAMarkMayComeBack) {
    Life other(entry("client", 1));
    other.outcome();
    for (int k = 0; k < 2; ++k)
        EXPECT_TRUE(Life(entry("proposer", 1)).outcome().first_life);
}

TEST_F(RunDirectoryTest, ASecondLiveProcessOfARoleAndIdIsRefusedAndTheFirstNamed) {
    Life first(acceptor(1));
    const std::uint64_t run = first.outcome().run;
    Life second(acceptor(1));
    EXPECT_EQ(second.outcome().run, 0U);
    EXPECT_EQ(second.outcome().refused_by, first.pid());
    EXPECT_THAT(second.outcome().why, AllOf(HasSubstr("acceptor 1"), HasSubstr(std::to_string(first.pid())),
                                            HasSubstr("node_test")));
    // Another role or id is not taken, and nothing has changed for the first.
    EXPECT_EQ(Life(acceptor(2)).outcome().run, run);
    EXPECT_EQ(Life(entry("learner", 1)).outcome().run, run);
}

TEST_F(RunDirectoryTest, AKilledProcessGivesItsRoleBack) {
    Life other(entry("client", 1));
    other.outcome();
    for (int k = 0; k < 10; ++k) {
        Life life(entry("proposer", 1));
        EXPECT_EQ(life.outcome().run, other.outcome().run) << life.outcome().why;
        life.kill9();
    }
}

TEST_F(RunDirectoryTest, ClustersDoNotMeet) {
    RunEntry other = acceptor(1);
    other.cluster = "another cluster";
    Life first(acceptor(1));
    Life second(other);
    EXPECT_NE(second.outcome().run, 0U);
    EXPECT_NE(first.outcome().run, second.outcome().run);
}

TEST_F(RunDirectoryTest, AFixedRunIsNeverNewAgain) {
    for (const bool first : {true, false, false}) {
        Life life(fixed(acceptor(1), 5));
        EXPECT_EQ(life.outcome().run, 5U);
        EXPECT_EQ(life.outcome().first_life, first);
    }
    EXPECT_TRUE(Life(fixed(acceptor(1), 6)).outcome().first_life);
}

TEST_F(RunDirectoryTest, DrawnRunsDoNotClearTheMarksOfAFixedOne) {
    EXPECT_TRUE(Life(fixed(acceptor(1), 5)).outcome().first_life);
    for (int k = 0; k < 3; ++k)
        EXPECT_TRUE(Life(acceptor(1)).outcome().first_life);
    EXPECT_FALSE(Life(fixed(acceptor(1), 5)).outcome().first_life);
}

// Somebody reads the run id that was drawn, and fixes it.
TEST_F(RunDirectoryTest, ADrawnRunThatIsFixedLaterKeepsItsMarks) {
    const std::uint64_t run = Life(acceptor(1)).outcome().run;
    EXPECT_FALSE(Life(fixed(acceptor(1), run)).outcome().first_life);
    EXPECT_TRUE(Life(acceptor(1)).outcome().first_life);
    EXPECT_FALSE(Life(fixed(acceptor(1), run)).outcome().first_life);
}

TEST_F(RunDirectoryTest, MarksOfRunsThatAreOverAreCleared) {
    std::string path;
    for (int k = 0; k < 5; ++k)
        path = RunDirectory::enter(acceptor(1)).path();
    int marks = 0;
    for (const auto& item : std::filesystem::directory_iterator(path)) {
        marks += item.path().extension() == ".mark";
    }
    EXPECT_EQ(marks, 1);
}

TEST_F(RunDirectoryTest, TwentyStartersAtOnceAgreeOnOneRun) {
    for (int round = 0; round < 10; ++round) {
        std::vector<std::unique_ptr<Life>> lives;
        for (std::uint16_t id = 1; id <= 20; ++id)
            lives.push_back(std::make_unique<Life>(acceptor(id)));
        for (const auto& life : lives) {
            EXPECT_NE(life->outcome().run, 0U) << life->outcome().why;
            EXPECT_EQ(life->outcome().run, lives[0]->outcome().run);
            EXPECT_TRUE(life->outcome().first_life);
        }
    }
}

TEST_F(RunDirectoryTest, AStarterThatDiesWhileItStartsLeavesARunThatOthersCanEnter) {
    for (int round = 0; round < 50; ++round) {
        Life doomed(acceptor(1));
        for (int k = 0; k < round * 10; ++k)
            sched_yield();  // it dies at another moment in each round
        doomed.kill9();
        Life next(acceptor(2));
        Life after(acceptor(3));
        EXPECT_NE(next.outcome().run, 0U) << next.outcome().why;
        EXPECT_EQ(after.outcome().run, next.outcome().run);
        EXPECT_TRUE(next.outcome().first_life && after.outcome().first_life);
    }
}

// The one that was entering dies before it has written the run id, and the others were waiting for it.
TEST_F(RunDirectoryTest, StartersThatFindNoRunIdAgreeOnANewOne) {
    const std::string path = RunDirectory::enter(acceptor(1)).path();
    const OwnedFd door(open((path + "/door").c_str(), O_RDWR | O_CLOEXEC));
    ASSERT_EQ(flock(door.get(), LOCK_EX), 0);
    Life first(acceptor(1));
    Life second(acceptor(2));
    std::filesystem::remove(path + "/run");
    flock(door.get(), LOCK_UN);
    EXPECT_NE(first.outcome().run, 0U) << first.outcome().why;
    EXPECT_EQ(second.outcome().run, first.outcome().run);
}

TEST_F(RunDirectoryTest, ARunFileWithoutARunIdIsReplacedByWhoStartsAlone) {
    const std::string path = RunDirectory::enter(acceptor(1)).path();
    for (const char* text : {"", "nonsense", "0"}) {
        std::ofstream(path + "/run", std::ios::trunc) << text;
        EXPECT_NE(Life(acceptor(1)).outcome().run, 0U);
    }
}

TEST_F(RunDirectoryTest, MovingItKeepsItsLocks) {
    RunDirectory here = RunDirectory::enter(acceptor(1));
    const RunDirectory there = std::move(here);
    EXPECT_EQ(Life(acceptor(1)).outcome().refused_by, getpid());
    EXPECT_EQ(Life(acceptor(2)).outcome().run, there.run());
}

TEST_F(RunDirectoryTest, FilesAreThereForEveryUserWhateverTheUmask) {
    const mode_t before = umask(0077);
    const RunDirectory directory = RunDirectory::enter(acceptor(1));
    umask(before);
    struct stat status {};
    ASSERT_EQ(stat((base_ + "/base").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 01777U);
    ASSERT_EQ(stat(directory.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0777U);
    for (const char* file : {"/door", "/lock", "/run", "/acceptor-1.lock"}) {
        ASSERT_EQ(stat((directory.path() + file).c_str(), &status), 0) << file;
        EXPECT_EQ(status.st_mode & 07777, 0666U) << file;
    }
}

TEST_F(RunDirectoryTest, TheEnvironmentNamesTheBaseWhenTheEntryDoesNot) {
    const std::string base = base_ + "/elsewhere";
    setenv("SYNOD_RUN_DIR", base.c_str(), 1);
    RunEntry with = acceptor(1);
    with.base.clear();
    EXPECT_THAT(RunDirectory::enter(with).path(), HasSubstr(base + "/"));
    EXPECT_THAT(RunDirectory::enter(acceptor(1)).path(), HasSubstr(base_ + "/base/"));
    unsetenv("SYNOD_RUN_DIR");
}

TEST_F(RunDirectoryTest, ADirectoryThatCannotBeUsedIsNamedWithAWayOut) {
    RunEntry nowhere = acceptor(1);
    nowhere.base = base_ + "/no/such";
    EXPECT_THAT([&] { static_cast<void>(RunDirectory::enter(nowhere)); },
                ThrowsMessage<RunDirectoryError>(
                    AllOf(HasSubstr(nowhere.base), HasSubstr("No such file"), HasSubstr("SYNOD_RUN_DIR"))));
    RunEntry file = acceptor(1);
    file.base = base_ + "/file";
    std::ofstream(file.base) << "not a directory";
    EXPECT_THROW(static_cast<void>(RunDirectory::enter(file)), RunDirectoryError);
}

TEST_F(RunDirectoryTest, ALinkThatSomebodyLaidIsNotFollowed) {
    RunEntry link = acceptor(1);
    link.base = base_ + "/link";
    std::filesystem::create_directory(base_ + "/target");
    std::filesystem::create_directory_symlink(base_ + "/target", link.base);
    EXPECT_THROW(static_cast<void>(RunDirectory::enter(link)), RunDirectoryError);

    const std::string path = RunDirectory::enter(acceptor(1)).path();
    std::filesystem::remove(path + "/lock");
    std::filesystem::create_symlink(base_ + "/stolen", path + "/lock");
    EXPECT_THROW(static_cast<void>(RunDirectory::enter(acceptor(1))), RunDirectoryError);
    EXPECT_FALSE(std::filesystem::exists(base_ + "/stolen"));
}

TEST_F(RunDirectoryTest, AProcessWithoutTheRunIdThatOthersHaveFixedSaysSo) {
    Life with(fixed(acceptor(1), 5));
    with.outcome();
    Life without(acceptor(2));
    EXPECT_EQ(without.outcome().run, 0U);
    EXPECT_THAT(without.outcome().why, HasSubstr("Fix the same one for all"));
}

TEST(ClusterHash, IsTheSameEverywhere) {
    EXPECT_EQ(cluster_hash(""), 0xcbf29ce484222325U);
    EXPECT_EQ(cluster_hash("a"), 0xaf63dc4c8601ec8cU);
}

}  // namespace
}  // namespace synod::node

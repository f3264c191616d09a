#include "synod/cli/executed.hpp"

#include <gtest/gtest.h>

#include "cli/temporary_directory.hpp"
#include "synod/cli/text.hpp"

namespace synod::cli {
namespace {

class Executed : public InTemporaryDirectory {
protected:
    ExecutedResult check(const std::vector<std::string>& logs) {
        std::vector<std::string> paths;
        for (const std::string& text : logs)
            paths.push_back(write(std::to_string(paths.size()), text));
        return check_executed(paths);
    }
    static std::string first_finding(const ExecutedResult& result) {
        return result.findings.empty() ? "" : result.findings.front().text;
    }
};

TEST_F(Executed, EqualLogsAreRight) {
    const auto result = check({"0 s SET a\n1 s GET a\n", "0 s SET a\n1 s GET a\n"});
    EXPECT_EQ(result.verdict, Verdict::ok);
    EXPECT_EQ(result.operations, 2U);
}

TEST_F(Executed, OneThatEndsEarlierOrSkipsByASnapshotIsRight) {
    const auto result = check({"0 s a\n1 s b\n2 s c\n3 s d\n",
                               "0 s a\n# positions below 3 by a snapshot\n3 s d\n", "0 s a\n1 s b\n"});
    EXPECT_EQ(result.verdict, Verdict::ok) << first_finding(result);
    EXPECT_EQ(result.files[1].gaps, 1U);
    EXPECT_EQ(result.files[2].last, 1U);
}

TEST_F(Executed, AnotherOperationAtAPositionIsAViolation) {
    for (const char* other :
         {"0 s a\n1 s x\n", "0 s a\n1 t b\n", "# positions below 1 by a snapshot\n1 s a\n"}) {
        const auto result = check({"0 s a\n1 s b\n", other});
        EXPECT_EQ(result.verdict, Verdict::violated) << other;
        EXPECT_NE(first_finding(result).find("disagree on position 1"), std::string::npos);
    }
}

TEST_F(Executed, AnOperationExecutedTwiceOrTooLateIsAViolation) {
    EXPECT_EQ(check({"0 s a\n0 s a\n"}).verdict, Verdict::violated);
    EXPECT_EQ(check({"0 s a\n2 s c\n1 s b\n"}).verdict, Verdict::violated);
}

TEST_F(Executed, APositionThatNobodyHasIsIncomplete) {
    const auto result = check({"0 s a\n# positions below 3 by a snapshot\n3 s d\n", "0 s a\n"});
    EXPECT_EQ(result.verdict, Verdict::incomplete);
    EXPECT_EQ(first_finding(result), "no log has the positions from 1 to 2");
}

TEST_F(Executed, AGapWithoutASnapshotIsIncomplete) {
    const auto result = check({"0 s a\n1 s b\n2 s c\n", "0 s a\n2 s c\n"});
    EXPECT_EQ(result.verdict, Verdict::incomplete);
    EXPECT_NE(first_finding(result).find("1:2: positions from 1 to 1 are missing, and no snapshot"),
              std::string::npos)
        << first_finding(result);
    EXPECT_EQ(
        check({"0 s a\n1 s b\n2 s c\n3 s d\n", "0 s a\n# positions below 2 by a snapshot\n3 s d\n"}).verdict,
        Verdict::incomplete);
}

TEST_F(Executed, ASnapshotThatBeginsALogOrEndsItIsRight) {
    const auto result = check({"0 s a\n1 s b\n2 s c\n", "# positions below 2 by a snapshot\n2 s c\n",
                               "0 s a\n# positions below 3 by a snapshot\n"});
    EXPECT_EQ(result.verdict, Verdict::ok) << first_finding(result);
}

TEST_F(Executed, ASnapshotThatGoesBackIsAViolation) {
    EXPECT_EQ(check({"0 s a\n1 s b\n# positions below 1 by a snapshot\n"}).verdict, Verdict::violated);
}

TEST_F(Executed, NothingToCompareIsIncomplete) {
    for (const char* log : {"", "# positions below 5 by a snapshot\n"}) {
        const auto result = check({log, log, log});
        EXPECT_EQ(result.verdict, Verdict::incomplete);
        EXPECT_NE(first_finding(result).find("nothing was compared"), std::string::npos);
    }
}

TEST_F(Executed, HalfALineOfAKilledServerIsLeftOut) {
    EXPECT_EQ(check({"0 s a\n1 s b\n", "0 s a\n1 s"}).verdict, Verdict::ok);
}

TEST_F(Executed, ALineThatIsNoOperationIsNamed) {
    const auto result = check({"0 s a\nnonsense\n2 s c\n"});
    EXPECT_EQ(result.verdict, Verdict::violated);
    EXPECT_NE(first_finding(result).find("0:2: 'nonsense' is no executed operation"), std::string::npos)
        << first_finding(result);
}

TEST_F(Executed, AFileThatIsNotThereIsAnError) {
    EXPECT_THROW(check_executed({"/nowhere/log"}), UsageError);
}

}  // namespace
}  // namespace synod::cli

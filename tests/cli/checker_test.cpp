#include "synod/cli/checker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "cli/temporary_directory.hpp"
#include "synod/cli/text.hpp"

namespace synod::cli {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ThrowsMessage;

// Files of clients and learners, and what the checker says of them.
class Checked : public InTemporaryDirectory {
protected:
    void client(const std::string& text, bool killed = false) {
        const std::string name = "c" + std::to_string(input_.submitted.size() + 1);
        input_.submitted.push_back({write(name, text), killed});
    }
    void learner(const std::string& text, bool killed = false) {
        const std::string name = "l" + std::to_string(input_.learned.size() + 1);
        input_.learned.push_back({write(name, text), killed});
    }
    CheckResult result() const { return check(input_); }

    static std::vector<std::string> texts(const CheckResult& result) {
        std::vector<std::string> texts;
        for (const Finding& finding : result.findings)
            texts.push_back(finding.text);
        return texts;
    }

    CheckInput input_;
};

TEST_F(Checked, SequencesOfEverythingOnceInOneOrderAreOk) {
    client("a\nb\nc\n");
    client("1\n2\n3\n");
    learner("a\n1\n2\nb\n3\nc\n");
    learner("a\n1\n2\nb\n3\nc");
    const CheckResult found = result();
    EXPECT_EQ(found.verdict, Verdict::ok);
    EXPECT_EQ(found.submitted, 6U);
    EXPECT_EQ(found.delivered, 6U);
    EXPECT_EQ(found.delivered_bytes, 6U);
    EXPECT_EQ(found.lost + found.duplicated + found.foreign + found.misordered + found.repeats, 0U);
    EXPECT_TRUE(found.findings.empty());
}

TEST_F(Checked, NothingAtAllIsOk) {
    client("");
    learner("");
    EXPECT_EQ(result().verdict, Verdict::ok);
}

TEST_F(Checked, EmptyValuesAndAnyBytesAreValues) {
    client(std::string("\n\n\0x\n\xff\r\n", 8));
    learner(std::string("\n\n\0x\n\xff\r\n", 8));
    const CheckResult found = result();
    EXPECT_EQ(found.verdict, Verdict::ok);
    EXPECT_EQ(found.submitted, 4U);
    EXPECT_EQ(found.repeats, 1U);
}

TEST_F(Checked, EqualValuesAreLegalAndCounted) {
    client("a\na\nb\n");
    client("a\nb\n");
    learner("a\na\na\nb\nb\n");
    const CheckResult found = result();
    EXPECT_EQ(found.verdict, Verdict::ok);
    EXPECT_EQ(found.repeats, 3U);
}

TEST_F(Checked, LearnersThatDisagreeAreViolated) {
    client("a\nb\n");
    client("1\n");
    learner("a\n1\nb\n");
    learner("a\nb\n1\n");
    const CheckResult found = result();
    EXPECT_EQ(found.verdict, Verdict::violated);
    EXPECT_THAT(texts(found),
                Contains(AllOf(HasSubstr("l2:2: 'b'"), HasSubstr("l1:2: '1'"), HasSubstr("disagree"))));
}

TEST_F(Checked, ALearnerThatIsBehindIsIncomplete) {
    client("a\nb\nc\n");
    learner("a\nb\nc\n");
    learner("a\n");
    const CheckResult found = result();
    EXPECT_EQ(found.verdict, Verdict::incomplete);
    EXPECT_EQ(found.delivered, 1U);
    EXPECT_EQ(found.lost, 2U);
    EXPECT_THAT(texts(found),
                Contains(AllOf(HasSubstr("l2 ends after 1 values"), HasSubstr("'b' is missing there"))));
}

TEST_F(Checked, AKilledLearnerMayBeBehindAndMayEndInHalfALine) {
    client("abc\ndef\n");
    learner("abc\ndef\n");
    learner("abc\nde", true);
    const CheckResult found = result();
    EXPECT_EQ(found.verdict, Verdict::ok);
    EXPECT_EQ(found.delivered, 2U);
}

TEST_F(Checked, AKilledLearnerMustNotDisagree) {
    client("abc\ndef\n");
    learner("abc\ndef\n");
    learner("def\n", true);
    EXPECT_EQ(result().verdict, Verdict::violated);
}

TEST_F(Checked, MissingLastValuesAreIncompleteAndNamed) {
    client("a\nb\nc\n");
    client("1\n");
    learner("a\n1\n");
    learner("a\n1\n");
    const CheckResult found = result();
    EXPECT_EQ(found.verdict, Verdict::incomplete);
    EXPECT_EQ(found.lost, 2U);
    EXPECT_THAT(texts(found),
                Contains(AllOf(HasSubstr("c1:2: 'b' was never delivered"), HasSubstr("nor were 1 values"))));
}

TEST_F(Checked, AValueMissingInTheMiddleIsLost) {
    client("a\nb\nc\n");
    learner("a\nc\n");
    const CheckResult found = result();
    EXPECT_EQ(found.verdict, Verdict::incomplete);
    EXPECT_EQ(found.lost, 1U);
    EXPECT_THAT(texts(found), Contains(HasSubstr("c1:2: 'b' was never delivered in")));
}

TEST_F(Checked, AKilledClientsLastValuesMayBeMissingButNotOneInTheMiddle) {
    client("a\nb\nc\n", true);
    client("1\n2\n");
    learner("1\na\n2\n");
    EXPECT_EQ(result().verdict, Verdict::ok);
    input_.learned.clear();
    learner("1\na\nc\n2\n");
    EXPECT_EQ(result().verdict, Verdict::violated);
}

TEST_F(Checked, AValueThatNobodySubmittedIsForeign) {
    client("a\nb\n");
    learner("a\nx\nb\n");
    const CheckResult found = result();
    EXPECT_EQ(found.verdict, Verdict::violated);
    EXPECT_EQ(found.foreign, 1U);
    EXPECT_EQ(found.lost, 0U);
    EXPECT_THAT(texts(found), Contains(HasSubstr("l1:2: 'x' was delivered, but never submitted")));
}

TEST_F(Checked, AValueDeliveredTwiceIsDuplicated) {
    client("a\nb\n");
    learner("a\nb\na\n");
    learner("a\nb\na\n");
    const CheckResult found = result();
    EXPECT_EQ(found.verdict, Verdict::violated);
    EXPECT_EQ(found.duplicated, 1U);
    EXPECT_EQ(found.lost, 0U);
    EXPECT_THAT(texts(found),
                Contains(HasSubstr("l1:3: 'a' was delivered more often than it was submitted")));
}

TEST_F(Checked, AnEqualValueTooManyIsDuplicated) {
    client("a\na\n");
    client("a\n");
    learner("a\na\na\na\n");
    EXPECT_EQ(result().duplicated, 1U);
    input_.learned.clear();
    learner("a\na\n");
    const CheckResult found = result();
    EXPECT_EQ(found.verdict, Verdict::incomplete);
    EXPECT_EQ(found.lost, 1U);
}

TEST_F(Checked, ADuplicateAtOneLearnerOnlyLosesNothing) {
    client("a\nb\nc\n");
    learner("a\nb\nc\n");
    learner("a\na\nb\nc\n");
    const CheckResult found = result();
    EXPECT_EQ(found.verdict, Verdict::violated);
    EXPECT_EQ(found.duplicated, 1U);
    EXPECT_EQ(found.lost, 0U);
}

TEST_F(Checked, ValuesAgainstTheirClientsOrderAreNamedWithBothPlaces) {
    client("a\nb\nc\n");
    client("1\n2\n");
    learner("a\n1\nc\n2\nb\n");
    const CheckResult found = result();
    EXPECT_EQ(found.verdict, Verdict::violated);
    EXPECT_EQ(found.misordered, 1U);
    EXPECT_THAT(texts(found), Contains(AllOf(HasSubstr("l1:5: 'b' comes after 'c'"), HasSubstr("l1:3)"),
                                             HasSubstr("c1:2"), HasSubstr("c1:3"))));
}

TEST_F(Checked, RepeatedValuesAgainstTheirClientsOrderAreFound) {
    client("a\nb\na\n");
    client("a\nb\n");
    learner("a\nb\nb\na\na\n");
    const CheckResult found = result();
    EXPECT_EQ(found.verdict, Verdict::violated);
    EXPECT_EQ(found.misordered, 1U);
    EXPECT_THAT(texts(found), Contains(HasSubstr("l1:3: 'b': no interleaving")));
}

TEST_F(Checked, LongAndBinaryValuesAreNamedShortAndEscaped) {
    client(std::string(1000, 'x') + "\n");
    learner(std::string("\x01", 1) + std::string(1000, 'y') + "\n");
    for (const std::string& text : texts(result())) {
        EXPECT_LT(text.size(), 300U) << text;
        EXPECT_THAT(text, Not(HasSubstr("\x01")));
    }
}

TEST_F(Checked, OnlyAFewOfManyFaultsAreNamed) {
    std::string many;
    for (int i = 0; i < 1000; ++i)
        many += std::to_string(i) + "\n";
    client("a\n");
    learner(many);
    const CheckResult found = result();
    EXPECT_EQ(found.foreign, 1000U);
    EXPECT_LT(found.findings.size(), 10U);
    EXPECT_THAT(texts(found), Contains(HasSubstr("995 more values")));
}

TEST_F(Checked, MillionsOfValuesTakeSeconds) {
    std::string first;
    std::string second;
    std::string both;
    for (int i = 0; i < 1'000'000; ++i) {
        const std::string number = std::to_string(i);
        first += "c1-" + number + "-some more text\n";
        second += "c2-" + number + "-some more text\n";
        both += "c1-" + number + "-some more text\nc2-" + number + "-some more text\n";
    }
    client(first);
    client(second);
    learner(both);
    learner(both);
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(result().verdict, Verdict::ok);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST_F(Checked, FilesThatCannotBeReadAreNamed) {
    client("a\n");
    input_.learned.push_back({path("none"), false});
    EXPECT_THAT([&] { return result(); },
                ThrowsMessage<UsageError>(AllOf(HasSubstr("none"), HasSubstr("No such file"))));
    input_.learned = {{directory_, false}};
    EXPECT_THAT([&] { return result(); }, ThrowsMessage<UsageError>(HasSubstr("is a directory")));
    input_.learned = {{"/dev/zero", false}};
    EXPECT_THAT([&] { return result(); }, ThrowsMessage<UsageError>(HasSubstr("not a regular file")));
}

class RunFiles : public InTemporaryDirectory {};

TEST_F(RunFiles, AreFoundByTheirNamesInTheOrderOfIds) {
    write("client-2.submitted", "");
    write("client-10.submitted", "");
    write("learner-1.learned", "");
    write("learner-1.log", "");
    write("client-x.submitted", "");
    const CheckInput input = files_of_run(directory_);
    ASSERT_EQ(input.submitted.size(), 2U);
    EXPECT_EQ(input.submitted[0].path, path("client-2.submitted"));
    EXPECT_EQ(input.submitted[1].path, path("client-10.submitted"));
    ASSERT_EQ(input.learned.size(), 1U);
    EXPECT_FALSE(input.submitted[0].killed);
}

TEST_F(RunFiles, SayWhoWasKilled) {
    write("client-1.submitted", "");
    write("client-2.submitted", "");
    write("learner-1.learned", "");
    write("run.json", R"({"killed":[{"role":"client","id":2,"at_seconds":0.5},{"role":"learner","id":1}]})");
    const CheckInput input = files_of_run(directory_);
    EXPECT_FALSE(input.submitted[0].killed);
    EXPECT_TRUE(input.submitted[1].killed);
    EXPECT_TRUE(input.learned[0].killed);
}

TEST_F(RunFiles, ThatAreMissingOrBrokenAreNamed) {
    EXPECT_THAT([&] { files_of_run(directory_); },
                ThrowsMessage<UsageError>(HasSubstr("nothing to check in")));
    EXPECT_THAT([&] { files_of_run(path("none")); }, ThrowsMessage<UsageError>(HasSubstr("no directory")));
    write("client-1.submitted", "");
    write("learner-1.learned", "");
    write("run.json", "{");
    EXPECT_THAT([&] { files_of_run(directory_); }, ThrowsMessage<UsageError>(HasSubstr("run.json")));
}

}  // namespace
}  // namespace synod::cli

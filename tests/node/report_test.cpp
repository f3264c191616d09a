#include "synod/node/report.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <thread>

namespace synod::node {
namespace {

constexpr std::uint64_t kMillisecond = 1'000'000;

// A pipe whose writing end a reporter has.
class ReportPipe : public ::testing::Test {
protected:
    void SetUp() override { ASSERT_EQ(pipe2(ends_.data(), O_CLOEXEC), 0); }
    void TearDown() override {
        close(ends_[0]);
        close_writer();
    }
    void close_writer() {
        if (ends_[1] >= 0) close(ends_[1]);
        ends_[1] = -1;
    }

    // What has been written so far, as reports; fails on a line that is none.
    std::vector<Report> reports() {
        fcntl(ends_[0], F_SETFL, O_NONBLOCK);
        std::vector<Report> all;
        std::array<char, 4096> bytes{};
        for (ssize_t got; (got = read(ends_[0], bytes.data(), bytes.size())) > 0;)
            lines_.feed({bytes.data(), static_cast<std::size_t>(got)}, [&](std::string_view line) {
                const auto report = parse_report(line);
                EXPECT_TRUE(report) << line;
                if (report) all.push_back(*report);
            });
        return all;
    }

    std::array<int, 2> ends_{};
    LineSplitter lines_;
};

Progress delivered(std::uint64_t values) {
    Progress progress;
    progress.delivered = values;
    progress.bytes = values * 64;
    return progress;
}

TEST_F(ReportPipe, CarriesEveryKindOfReportUnchanged) {
    FinalReport final;
    final.progress = delivered(12);
    final.per_client = {{1, 5}, {65535, 7}};
    final.hash = 0xfedcba9876543210;
    final.duplicated = 1;
    final.misordered = 2;
    final.corrupt = 3;
    final.latency.record(1000, 5);
    final.timeline = {2'000'000, 7, {{3, 1000}, {2, 900}}, {{14'000'001, 1000}}};
    final.counters = {{"refused", 9}};
    Reporter reporter(ends_[1]);
    reporter.ready();
    reporter.progress(delivered(3), 100 * kMillisecond);
    reporter.happened(5, "leads");
    reporter.violation("a \"value\"\n\xff twice");
    reporter.final(final);
    const auto all = reports();
    ASSERT_EQ(all.size(), 5U);
    EXPECT_EQ(all[0], Report(Ready{}));
    EXPECT_EQ(all[1], Report(delivered(3)));
    EXPECT_EQ(all[2], Report(Happened{5, "leads"}));
    EXPECT_EQ(all[3], Report(Violation{"a \"value\"\n\xef\xbf\xbd twice"}));
    EXPECT_EQ(all[4], Report(final));
}

TEST_F(ReportPipe, GetsProgressOnceInTwentyMilliseconds) {
    Reporter reporter(ends_[1]);
    reporter.progress(delivered(1), 100 * kMillisecond);
    reporter.progress(delivered(2), 101 * kMillisecond);
    reporter.progress(delivered(3), 119 * kMillisecond);
    EXPECT_EQ(reports().size(), 1U);
    EXPECT_EQ(reporter.due_ns(), 120 * kMillisecond);
    reporter.progress(delivered(3), 120 * kMillisecond);
    EXPECT_EQ(reports(), std::vector<Report>{delivered(3)});
    EXPECT_EQ(reporter.due_ns(), ~std::uint64_t{0});
}

TEST_F(ReportPipe, GetsNoProgressThatIsNone) {
    Reporter reporter(ends_[1]);
    reporter.progress(delivered(1), 100 * kMillisecond);
    reporter.progress(delivered(1), 200 * kMillisecond);
    reporter.idle(delivered(1), 300 * kMillisecond);
    EXPECT_EQ(reports().size(), 1U);
}

TEST_F(ReportPipe, GetsProgressAtOnceWhenTheProcessGoesIdle) {
    Reporter reporter(ends_[1]);
    reporter.progress(delivered(1), 100 * kMillisecond);
    reporter.progress(delivered(2), 101 * kMillisecond);
    reporter.idle(delivered(2), 102 * kMillisecond);
    EXPECT_EQ(reports().size(), 2U);
    EXPECT_EQ(reporter.due_ns(), ~std::uint64_t{0});
}

TEST_F(ReportPipe, ThatIsFullHoldsUpNobodyAndIsTriedAgain) {
    Reporter reporter(ends_[1]);
    std::uint64_t now = 100 * kMillisecond;
    while (reporter.due_ns() == ~std::uint64_t{0}) {
        reporter.progress(delivered(now), now);
        now += 20 * kMillisecond;
    }
    EXPECT_FALSE(reports().empty());
    reporter.progress(delivered(now), now + 20 * kMillisecond);
    EXPECT_EQ(reports().size(), 1U);
}

TEST_F(ReportPipe, CarriesAFinalReportLargerThanThePipe) {
    FinalReport final;
    for (std::uint64_t i = 0; i < 10'000; ++i)
        final.counters["counter " + std::to_string(i)] = i;
    std::thread writer([&] {
        Reporter(ends_[1]).final(final);
        close_writer();
    });
    std::vector<Report> all;
    std::array<char, 4096> bytes{};
    for (ssize_t got; (got = read(ends_[0], bytes.data(), bytes.size())) > 0;)
        lines_.feed({bytes.data(), static_cast<std::size_t>(got)},
                    [&](std::string_view line) { all.push_back(parse_report(line).value()); });
    writer.join();
    EXPECT_EQ(all, std::vector<Report>{final});
}

TEST_F(ReportPipe, WithoutAReaderDoesNotKillTheProcess) {
    Reporter reporter(ends_[1]);
    close(ends_[0]);
    reporter.progress(delivered(1), 100 * kMillisecond);
    reporter.final(FinalReport{});
    ends_[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

TEST(Report, IsNotMadeForNobody) {
    Reporter reporter;
    EXPECT_FALSE(reporter.listening());
    reporter.ready();
    reporter.progress(delivered(1), 1);
    EXPECT_EQ(reporter.due_ns(), ~std::uint64_t{0});
    reporter.idle(delivered(2), 2);
    reporter.violation("x");
    reporter.final(FinalReport{});
}

TEST(Report, IsNoOtherText) {
    for (const char* line :
         {"", "{", "[]", "null", "7", "{\"event\":\"progress\"}", "{\"event\":\"unknown\"}",
          "{\"event\":\"final\",\"progress\":{}}", "{\"event\":7}"})
        EXPECT_FALSE(parse_report(line)) << line;
}

TEST(LineSplitter, PutsTogetherLinesThatComeInPieces) {
    LineSplitter splitter;
    std::vector<std::string> lines;
    const auto take = [&](std::string_view line) { lines.emplace_back(line); };
    splitter.feed("one\ntw", take);
    splitter.feed("o", take);
    splitter.feed("\n\nfour\nfi", take);
    EXPECT_EQ(lines, (std::vector<std::string>{"one", "two", "", "four"}));
}

}  // namespace
}  // namespace synod::node

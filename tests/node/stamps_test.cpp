#include "synod/node/stamps.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace synod::node {
namespace {

TEST(Stamps, TellWhenAValueWasSubmitted) {
    auto stamps = Stamps::create(3);
    ASSERT_TRUE(stamps);
    stamps->write(1, 7, 1234);
    stamps->write(2, 7, 5678);
    EXPECT_EQ(stamps->read(1, 7), 1234U);
    EXPECT_EQ(stamps->read(2, 7), 5678U);
    EXPECT_EQ(stamps->read(1, 8), std::nullopt);
    EXPECT_EQ(stamps->read(0, 0), std::nullopt);
}

TEST(Stamps, AreKeptForTheFirstValuesAndForOneInSixteenAfterThem) {
    EXPECT_TRUE(Stamps::sampled(0));
    EXPECT_TRUE(Stamps::sampled(4095));
    EXPECT_TRUE(Stamps::sampled(4096));
    EXPECT_FALSE(Stamps::sampled(4097));
    EXPECT_TRUE(Stamps::sampled(4112));
}

TEST(Stamps, OfManyValuesAreNeverMixedUp) {
    auto stamps = Stamps::create(2);
    ASSERT_TRUE(stamps);
    const std::uint64_t end = 3'000'000;
    for (std::uint64_t number = 0; number < end; ++number)
        if (Stamps::sampled(number)) stamps->write(1, number, number * 10);
    std::uint64_t found = 0;
    for (std::uint64_t number = 0; number < end; ++number) {
        const auto ns = stamps->read(1, number);
        found += ns ? 1 : 0;
        ASSERT_EQ(ns.value_or(number * 10), number * 10);
    }
    EXPECT_EQ(found, 65536U);  // every slot holds the last value that was stamped there
    EXPECT_EQ(stamps->read(1, end - end % 16 - 16), (end - end % 16 - 16) * 10);
}

TEST(Stamps, OfClientsThatShareAPlaceYieldNothingRatherThanAnothersTime) {
    auto stamps = Stamps::create(2);
    ASSERT_TRUE(stamps);
    stamps->write(1, 5, 100);
    stamps->write(3, 5, 200);  // 3 and 1 share a row of two
    EXPECT_EQ(stamps->read(1, 5), std::nullopt);
    EXPECT_EQ(stamps->read(3, 5), 200U);
}

TEST(Stamps, AreSharedWithAnotherProcess) {
    auto stamps = Stamps::create(2);
    ASSERT_TRUE(stamps);
    const pid_t child = fork();
    if (child == 0) {
        auto same = Stamps::open(dup(stamps->fd()));
        if (same) same->write(1, 42, 4242);
        _exit(same ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(stamps->read(1, 42), 4242U);
}

TEST(Stamps, RefuseADescriptorThatIsSomethingElse) {
    EXPECT_FALSE(Stamps::open(-1));
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    EXPECT_FALSE(Stamps::open(ends[0]));
    close(ends[0]);
    close(ends[1]);
}

TEST(Stamps, WithoutMemoryDoNothing) {
    Stamps stamps;
    EXPECT_FALSE(stamps);
    stamps.write(1, 0, 1);
    EXPECT_EQ(stamps.read(1, 0), std::nullopt);
}

}  // namespace
}  // namespace synod::node

#include "synod/server/snapshot_head.hpp"

#include <gtest/gtest.h>

#include <string>

namespace synod::server {
namespace {

using Kind = SnapshotHead::Kind;

TEST(SnapshotHead, SaysHowLargeASnapshotIsBehindSignsOfLife) {
    const SnapshotHead head = read_snapshot_head("\n\n$1234\r\nSynodSnp");
    EXPECT_EQ(head.kind, Kind::size);
    EXPECT_EQ(head.size, 1234U);
    EXPECT_EQ(head.bytes, 9U);
}

TEST(SnapshotHead, OfAnIncompleteOneSignsOfLifeCanBeThrownAway) {
    for (const std::string text : {"", "\n\n", "\n$12", "$12\r", "\n-ERR no"}) {
        const SnapshotHead head = read_snapshot_head(text);
        EXPECT_EQ(head.kind, Kind::incomplete) << text;
        EXPECT_EQ(head.bytes, std::min(text.find_first_not_of('\n'), text.size())) << text;
    }
}

TEST(SnapshotHead, OrSaysWhyThereIsNone) {
    const SnapshotHead head = read_snapshot_head("\n-ERR no\r\n");
    EXPECT_EQ(head.kind, Kind::refusal);
    EXPECT_EQ(head.reason, "ERR no");
}

TEST(SnapshotHead, IsMalformedWhenItIsAnythingElseOrNeverEnds) {
    for (const std::string text : {"$\r\n", "$-5\r\n", "$+5\r\n", "$5 \r\n", "$99999999999999999999\r\n",
                                   "*1\r\n", "\r\n", "220 mail\r\n"})
        EXPECT_EQ(read_snapshot_head(text).kind, Kind::malformed) << text;
    EXPECT_EQ(read_snapshot_head(std::string(255, 'x')).kind, Kind::incomplete);
    EXPECT_EQ(read_snapshot_head(std::string(256, 'x')).kind, Kind::malformed);
}

}  // namespace
}  // namespace synod::server

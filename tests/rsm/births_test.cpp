#include "synod/rsm/births.hpp"

#include <gtest/gtest.h>

#include <string>

namespace synod::rsm {
namespace {

constexpr std::uint64_t kHash = 0x1234'5678'9abc'def0;
constexpr std::uint64_t kNext = std::uint64_t{1} << 50;  // to the hash's neighbour of another group

std::string snapshot_of(const Births& births) {
    std::string out;
    Encoder encoder(out);
    births.snapshot(encoder);
    return out;
}

bool restore(std::string_view bytes, std::uint64_t version_max, Births& births) {
    Decoder decoder(as_bytes(bytes));
    return births.restore(decoder, version_max) && decoder.complete();
}

TEST(Births, OfAGroupTheLastIsKnown) {
    Births births;
    EXPECT_EQ(births.last(kHash), 0U);
    births.note(kHash, 5);
    births.note(kHash + 1, 7);
    EXPECT_EQ(births.last(kHash), 7U);
    EXPECT_EQ(births.last(kHash + kNext), 0U);
}

TEST(Births, ASnapshotHasThoseThatThereAre) {
    Births births;
    EXPECT_EQ(snapshot_of(births).size(), 1U);
    births.note(kHash, 5);
    births.note(~std::uint64_t{0}, 7);
    const std::string bytes = snapshot_of(births);
    EXPECT_LT(bytes.size(), 30U);
    Births restored;
    ASSERT_TRUE(restore(bytes, 7, restored));
    EXPECT_EQ(restored.last(kHash), 5U);
    EXPECT_EQ(restored.last(~std::uint64_t{0}), 7U);
    EXPECT_EQ(snapshot_of(restored), bytes);
}

TEST(Births, WhatIsNoSnapshotIsRefused) {
    Births births;
    births.note(kHash, 5);
    births.note(kHash + kNext, 6);
    const std::string bytes = snapshot_of(births);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        Births cut;
        EXPECT_FALSE(restore(bytes.substr(0, size), 7, cut)) << size;
    }
    Births later;
    EXPECT_FALSE(restore(bytes, 5, later));
    const std::string first = bytes.substr(1, (bytes.size() - 1) / 2);
    Births twice;
    EXPECT_FALSE(restore(bytes.substr(0, 1) + first + first, 7, twice));
}

}  // namespace
}  // namespace synod::rsm

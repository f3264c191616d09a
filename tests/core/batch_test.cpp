#include "synod/core/batch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <chrono>
#include <memory>

#include "core/core_test.hpp"

namespace synod::test {
namespace {

using testing::ElementsAre;
using Buffer = std::vector<std::byte>;

Buffer copy(Bytes bytes) {
    return {bytes.begin(), bytes.end()};
}

TEST(Batch, TheEmptyBatchIsTheNoOp) {
    RunReader reader({});
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.at_end());
    BatchWriter writer(100);
    EXPECT_TRUE(writer.empty());
    EXPECT_TRUE(writer.finish().empty());
}

TEST(Batch, PiecesThatFollowEachOtherShareARun) {
    BatchWriter writer(1000);
    writer.add(s(1), p(5), v("a"), true);
    writer.add(s(1), p(6), v("bcd"), true);
    writer.add(s(1), p(8), v("gap"), true);
    writer.add(s(2), p(9), v("another's"), true);
    const Buffer batch = copy(writer.finish());
    RunReader reader(batch);
    const auto first = reader.next();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->session(), s(1));
    EXPECT_EQ(first->first(), p(5));
    EXPECT_EQ(first->end(), p(7));
    EXPECT_EQ(first->count(), 2u);
    EXPECT_EQ(reader.next()->first(), p(8));
    EXPECT_EQ(reader.next()->session(), s(2));
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.at_end());
}

// "...at most 2 bytes a value beyond its own."
TEST(Batch, LengthsTakeNoByteOrOneOrTwoEach) {
    EXPECT_EQ(run_of(s(1), 0, {"aa", "bb", "cc"}).size(), kRunHeaderBytes + 6);
    EXPECT_EQ(run_of(s(1), 0, {"aa", "b", "cc"}).size(), kRunHeaderBytes + 3 + 5);
    EXPECT_EQ(run_of(s(1), 0, {std::string(255, 'x'), "b"}).size(), kRunHeaderBytes + 2 + 256);
    EXPECT_EQ(run_of(s(1), 0, {std::string(256, 'x'), "b"}).size(), kRunHeaderBytes + 4 + 257);
    EXPECT_EQ(run_of(s(1), 0, {std::string(kPieceBytesMax, 'x')}).size(), kRunHeaderBytes + kPieceBytesMax);
}

TEST(Batch, EmptyPiecesArePieces) {
    EXPECT_THAT(pieces_of(run_of(s(1), 3, {"", "", ""})), ElementsAre("1:3:", "1:4:", "1:5:"));
}

TEST(Batch, OnlyTheLastPieceOfARunMayLeaveItsValueOpen) {
    BatchWriter writer(1000);
    writer.add(s(1), p(0), v("a"), true);
    writer.add(s(1), p(1), v("b"), false);
    writer.add(s(1), p(2), v("c"), true);
    const Buffer batch = copy(writer.finish());
    EXPECT_THAT(pieces_of(batch), ElementsAre("1:0:a", "1:1:b+", "1:2:c"));
    RunReader reader(batch);
    EXPECT_EQ(reader.next()->count(), 2u);
    EXPECT_EQ(reader.next()->count(), 1u);
}

TEST(Batch, PiecesMayBeLeftOutFromTheFront) {
    const auto bytes = run_of(s(1), 0, {"a", "bb", "ccc"}, true);
    std::vector<std::string> seen;
    read(bytes).for_each_piece(
        2, [&](Bytes piece, bool ends) { seen.push_back(text(piece) + (ends ? "." : "+")); });
    EXPECT_THAT(seen, ElementsAre("ccc+"));
}

TEST(Batch, WhatDoesNotFitIsNotAdded) {
    BatchWriter writer(kRunHeaderBytes + 10);
    EXPECT_EQ(writer.room(s(1), p(0)), 8u);  // cautious: with two bytes for its length
    EXPECT_TRUE(writer.add(s(1), p(0), v("0123456789"), true));
    EXPECT_FALSE(writer.add(s(1), p(1), v("x"), true));
    EXPECT_EQ(writer.pieces(), 1u);
    EXPECT_EQ(writer.room(s(1), p(1)), 0u);
    EXPECT_EQ(writer.finish().size(), kRunHeaderBytes + 10);
    writer.clear();
    EXPECT_TRUE(writer.empty());
    EXPECT_FALSE(writer.add(s(1), p(0), v("0123456789a"), true));
    EXPECT_TRUE(writer.empty());
    EXPECT_TRUE(writer.finish().empty());
}

TEST(Batch, WholeRunsAreTakenAsTheyAre) {
    const auto one = run_of(s(1), 0, {"a", "bb"});
    const auto two = run_of(s(2), 7, {"c"});
    BatchWriter writer(one.size() + two.size());
    EXPECT_TRUE(writer.add_run(read(one)));
    EXPECT_TRUE(writer.add_run(read(two)));
    EXPECT_FALSE(writer.add_run(read(two)));
    EXPECT_EQ(writer.pieces(), 3u);
    EXPECT_EQ(copy(writer.finish()), joined({one, two}));
}

TEST(Batch, WritersCompareByWhatTheyHold) {
    BatchWriter x(100);
    BatchWriter y(100);
    x.add(s(1), p(0), v("a"), true);
    EXPECT_FALSE(x == y);
    y.add(s(1), p(0), v("a"), true);
    EXPECT_TRUE(x == y);
    y.clear();
    y.add(s(1), p(1), v("a"), true);
    EXPECT_FALSE(x == y);
    x.clear();
    y.clear();
    EXPECT_TRUE(x == y);
}

TEST(Batch, ABatchTakenLeavesAnEmptyWriterThatUsesItsMemory) {
    BatchWriter writer(100);
    ASSERT_TRUE(writer.add(s(1), p(0), v("first"), true));
    std::vector<std::byte> first;
    writer.take(first);
    EXPECT_EQ(first, run_of(s(1), 0, {"first"}));
    EXPECT_EQ(writer, BatchWriter(100));

    ASSERT_TRUE(writer.add(s(1), p(1), v("second"), true));
    const std::byte* const memory = first.data();
    std::vector<std::byte> second = std::move(first);
    writer.take(second);
    EXPECT_EQ(second, run_of(s(1), 1, {"second"}));
    ASSERT_TRUE(writer.add(s(1), p(2), v("3"), true));
    EXPECT_EQ(writer.finish().data(), memory);
}

TEST(Batch, ASingleRunIsOneAndNothingElse) {
    const auto run = run_of(s(1), 0, {"a"});
    EXPECT_TRUE(read_single_run(run));
    EXPECT_FALSE(read_single_run({}));
    EXPECT_FALSE(read_single_run(joined({run, run})));
    EXPECT_FALSE(read_single_run(joined({run, {std::byte{0}}})));
    EXPECT_FALSE(read_single_run(Bytes{run}.first(run.size() - 1)));
}

// ---- Malformed ones ------------------------------------------------------------------------------------

// A run of one-byte pieces, whose header a test then spoils.
class MalformedRun : public testing::Test {
protected:
    static constexpr std::size_t kFirst = 16;
    static constexpr std::size_t kCount = 24;
    static constexpr std::size_t kBytes = 28;
    static constexpr std::size_t kFlags = 32;
    static constexpr std::size_t kLength = 33;

    template <typename T>
    void set(std::size_t at, T value) {
        store(run_.data() + at, value);
    }
    bool well_formed() const {
        // On the heap and of just this size, so that a sanitizer sees every byte read outside.
        const auto exact = std::make_unique<std::byte[]>(run_.size());
        std::copy(run_.begin(), run_.end(), exact.get());
        return read_single_run({exact.get(), run_.size()}).has_value();
    }
    Buffer run_ = run_of(s(1), 5, {"a", "b", "c"});
};

TEST_F(MalformedRun, IsTheControlWellFormed) {
    EXPECT_TRUE(well_formed());
}

TEST_F(MalformedRun, WithoutPieces) {
    set(kCount, std::uint32_t{0});
    EXPECT_FALSE(well_formed());
    run_.resize(kRunHeaderBytes);
    set(kBytes, std::uint32_t{0});
    EXPECT_FALSE(well_formed());
}

TEST_F(MalformedRun, WithLengthsThatDoNotAddUp) {
    set(kBytes, std::uint32_t{2});
    EXPECT_FALSE(well_formed());
    set(kBytes, std::uint32_t{3});
    set(kLength, std::uint16_t{2});
    EXPECT_FALSE(well_formed());
}

TEST_F(MalformedRun, WithAnUnknownWidth) {
    for (unsigned flags = 0; flags < 256; ++flags) {
        set(kFlags, static_cast<std::uint8_t>(flags));
        EXPECT_EQ(well_formed(), flags <= 1) << flags;
    }
}

TEST_F(MalformedRun, WhoseCountTimesLengthOverflows) {
    // 2^31 * 2 = 2^32, which is 0 in 32 bits.
    run_.resize(kRunHeaderBytes);
    set(kCount, std::uint32_t{1} << 31);
    set(kLength, std::uint16_t{2});
    set(kBytes, std::uint32_t{0});
    EXPECT_FALSE(well_formed());
    set(kFlags, std::uint8_t{2 << 1});
    EXPECT_FALSE(well_formed());
    set(kCount, ~std::uint32_t{0});
    EXPECT_FALSE(well_formed());
    set(kFlags, std::uint8_t{1 << 1});
    EXPECT_FALSE(well_formed());
}

TEST_F(MalformedRun, WhosePieceNumbersOverflow) {
    set(kFirst, ~std::uint64_t{0} - 3);
    EXPECT_TRUE(well_formed());
    set(kFirst, ~std::uint64_t{0} - 2);
    EXPECT_FALSE(well_formed());
}

// A datagram of 35 bytes must not keep every learner busy for a minute.
TEST_F(MalformedRun, OfMoreEmptyPiecesThanARunMayHave) {
    run_.resize(kRunHeaderBytes);
    set(kLength, std::uint16_t{0});
    set(kBytes, std::uint32_t{0});
    set(kCount, kRunPiecesMax);
    EXPECT_TRUE(well_formed());
    set(kCount, kRunPiecesMax + 1);
    EXPECT_FALSE(well_formed());
}

TEST(Batch, ARunTakesOnlySoManyPieces) {
    BatchWriter writer(1000);
    for (std::uint64_t k = 0; k < kRunPiecesMax + 2u; ++k)
        ASSERT_TRUE(writer.add(s(1), p(k), {}, true));
    const Buffer batch = copy(writer.finish());
    RunReader reader(batch);
    EXPECT_EQ(reader.next()->count(), kRunPiecesMax);
    EXPECT_EQ(reader.next()->count(), 2u);
    EXPECT_TRUE(reader.at_end());
}

TEST_F(MalformedRun, CutShortAnywhere) {
    const Buffer whole = run_of(s(1), 5, {"a", "bb", "c"});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        run_.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_FALSE(well_formed()) << size;
    }
}

TEST(Batch, AMalformedRunEndsTheBatchAndWhatCameBeforeStands) {
    const auto good = run_of(s(1), 0, {"a"});
    auto bad = run_of(s(2), 0, {"b"});
    bad[24] = std::byte{9};
    const auto batch = joined({good, bad, good});
    EXPECT_THAT(pieces_of(batch), ElementsAre("1:0:a"));
    RunReader reader(batch);
    while (reader.next()) {
    }
    EXPECT_FALSE(reader.at_end());
}

// ---- Properties ----------------------------------------------------------------------------------------

struct Piece {
    std::uint64_t session = 0;
    bool skips = false;
    std::string bytes;
    bool ends_value = true;
};

rc::Gen<std::vector<Piece>> pieces() {
    return rc::gen::container<std::vector<Piece>>(
        rc::gen::map(rc::gen::tuple(rc::gen::inRange<std::uint64_t>(0, 2), rc::gen::inRange(0, 8),
                                    rc::gen::inRange(0, 600), rc::gen::inRange(0, 5)),
                     [](const auto& t) {
                         const auto& [session, skips, size, ends] = t;
                         // Short ones mostly, and often of one size.
                         const auto bytes = static_cast<std::size_t>(size < 400 ? size % 3 : size - 200);
                         return Piece{session, skips == 0,
                                      std::string(bytes, static_cast<char>('a' + size % 7)), ends != 0};
                     }));
}

// All that goes in comes out, and the writer foresees the size.
TEST(BatchProperty, WhatIsWrittenIsRead) {
    EXPECT_TRUE(rc::check([] {
        const auto bytes_max = *rc::gen::inRange<std::size_t>(kRunHeaderBytes + 3, 3000);
        BatchWriter writer(bytes_max);
        std::uint64_t next = 0;
        std::vector<std::string> written;
        for (const Piece& piece : *pieces()) {
            next += piece.skips;
            const std::size_t room = writer.room(s(piece.session), p(next));
            const bool fits = writer.add(s(piece.session), p(next), v(piece.bytes), piece.ends_value);
            if (piece.bytes.size() <= room && room > 0) RC_ASSERT(fits);
            if (!fits) continue;
            written.push_back(std::to_string(piece.session) + ":" + std::to_string(next++) + ":" +
                              piece.bytes + (piece.ends_value ? "" : "+"));
            RC_ASSERT(writer.size() <= bytes_max);
        }
        RC_ASSERT(writer.pieces() == written.size());
        const std::size_t foreseen = writer.size();
        const Buffer batch = copy(writer.finish());
        RC_ASSERT(batch.size() == foreseen);
        RC_ASSERT(pieces_of(batch) == written);

        // Run by run, as runs are admitted, it is the same batch.
        BatchWriter again(bytes_max);
        RunReader reader(batch);
        while (const auto run = reader.next())
            RC_ASSERT(again.add_run(*run));
        RC_ASSERT(reader.at_end());
        RC_ASSERT(copy(again.finish()) == batch);
    }));
}

// Reads everything there is to read of any bytes at all; a sanitizer build would see a byte read outside.
void read_all(const Buffer& bytes) {
    const auto exact = std::make_unique<std::byte[]>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), exact.get());
    RunReader reader({exact.get(), bytes.size()});
    std::size_t encoded = 0;
    while (const auto run = reader.next()) {
        RC_ASSERT(run->count() > 0u);
        RC_ASSERT(run->end() > run->first());
        std::size_t size = 0;
        std::uint32_t count = 0;
        run->for_each_piece(0, [&](Bytes piece, bool) {
            size += copy(piece).size();
            ++count;
        });
        RC_ASSERT(count == run->count());
        RC_ASSERT(size == run->pieces().size());
        encoded += run->encoded().size();
    }
    RC_ASSERT(encoded <= bytes.size());
    RC_ASSERT(reader.at_end() == (encoded == bytes.size()));
}

TEST(BatchProperty, NoBytesAreReadOutsideAndNoBytesAreTrusted) {
    EXPECT_TRUE(rc::check([] {
        Buffer bytes;
        for (const auto byte :
             *rc::gen::container<std::vector<std::uint8_t>>(rc::gen::arbitrary<std::uint8_t>())) {
            bytes.push_back(static_cast<std::byte>(byte));
        }
        read_all(bytes);
    }));
}

TEST(BatchProperty, MutatedBatchesAreReadInsideTheirBounds) {
    EXPECT_TRUE(rc::check([] {
        BatchWriter writer(3000);
        std::uint64_t next = 0;
        for (const Piece& piece : *pieces()) {
            if (writer.add(s(piece.session), p(next), v(piece.bytes), piece.ends_value)) ++next;
        }
        Buffer batch = copy(writer.finish());
        for (int k = 0; k < 200 && !batch.empty(); ++k) {
            Buffer mutant = batch;
            const auto hits = *rc::gen::inRange(1, 4);
            for (int hit = 0; hit < hits; ++hit) {
                const auto at = *rc::gen::inRange<std::size_t>(0, std::min<std::size_t>(mutant.size(), 40));
                mutant[at] = static_cast<std::byte>(*rc::gen::element(0, 1, 2, 3, 4, 127, 128, 255));
            }
            if (*rc::gen::inRange(0, 3) == 0)
                mutant.resize(*rc::gen::inRange<std::size_t>(0, mutant.size() + 1));
            read_all(mutant);
        }
    }));
}

}  // namespace
}  // namespace synod::test

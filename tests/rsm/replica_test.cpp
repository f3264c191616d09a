#include "synod/rsm/replica.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "synod/rsm/encoding.hpp"

namespace synod::rsm {
namespace {

// Remembers what it was given: the smallest machine that could tell a wrong place in the log.
class Diary {
public:
    static constexpr SnapshotFormat kSnapshotFormat{"test.diary", 3};

    void apply(const LogEntry& entry, std::string& reply) {
        const std::string line = std::to_string(entry.position.value()) + "@" +
                                 std::to_string(entry.time.ms) + " " + std::string(as_text(entry.command)) +
                                 "\n";
        text_ += line;
        reply += line;
    }
    void snapshot(std::string& out) const { out += text_; }
    bool restore(Bytes snapshot) {
        if (as_text(snapshot).starts_with("refuse")) return false;
        text_ = as_text(snapshot);
        return true;
    }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string text_;
};

static_assert(StateMachine<Diary>);
static_assert(!StateMachine<std::string>);

std::string apply(Replica<Diary>& replica, std::int64_t ms, std::string_view command) {
    std::string reply;
    replica.apply({ms}, as_bytes(command), reply);
    return reply;
}

std::string snapshot_of(const Replica<Diary>& replica) {
    std::string bytes;
    replica.snapshot(bytes);
    return bytes;
}

TEST(Replica, GivesEachCommandItsPlace) {
    Replica<Diary> replica{Diary{}};
    EXPECT_EQ(apply(replica, 10, "a"), "0@10 a\n");
    EXPECT_EQ(apply(replica, 20, "b"), "1@20 b\n");
    EXPECT_EQ(replica.position(), Position{2});
}

TEST(Replica, TimeNeverGoesBack) {
    Replica<Diary> replica{Diary{}};
    apply(replica, 50, "a");
    EXPECT_EQ(apply(replica, 40, "by a clock that lags"), "1@50 by a clock that lags\n");
    EXPECT_EQ(apply(replica, 51, "c"), "2@51 c\n");
}

TEST(Replica, GoesOnFromASnapshot) {
    Replica<Diary> one{Diary{}};
    apply(one, 50, "a");
    Replica<Diary> other{Diary{}};
    apply(other, 90, "forgotten");
    ASSERT_EQ(other.restore(as_bytes(snapshot_of(one))), std::nullopt);
    EXPECT_EQ(apply(other, 40, "b"), apply(one, 40, "b"));
    EXPECT_EQ(snapshot_of(other), snapshot_of(one));
    EXPECT_EQ(other.machine().text(), "0@50 a\n1@50 b\n");
}

TEST(Replica, TakesNoSnapshotThatIsDamaged) {
    Replica<Diary> replica{Diary{}};
    apply(replica, 50, "a");
    const std::string good = snapshot_of(replica);
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string bad = good;
        bad[i] = static_cast<char>(bad[i] ^ 0x10);
        EXPECT_NE(replica.restore(as_bytes(bad)), std::nullopt) << "byte " << i;
        EXPECT_NE(replica.restore(as_bytes(good.substr(0, i))), std::nullopt) << "cut to " << i;
    }
    EXPECT_EQ(replica.restore(as_bytes(good + "x")), SnapshotFault::damaged);
    EXPECT_EQ(snapshot_of(replica), good);
}

TEST(Replica, TakesNoSnapshotOfAPlaceOrATimeThatNoLogComesTo) {
    Replica<Diary> replica{Diary{}};
    const auto fault = [&](const SnapshotPoint& point) {
        std::string bytes;
        begin_snapshot(Diary::kSnapshotFormat, point, bytes);
        end_snapshot(0, bytes);
        return replica.restore(as_bytes(bytes));
    };
    constexpr std::uint64_t kMost = std::uint64_t{1} << 62;
    EXPECT_EQ(fault({Position{~std::uint64_t{0}}, {9}}), SnapshotFault::impossible);
    EXPECT_EQ(fault({Position{kMost + 1}, {9}}), SnapshotFault::impossible);
    EXPECT_EQ(fault({Position{7}, {-1}}), SnapshotFault::impossible);
    EXPECT_NE(fault({Position{kMost}, {0}}), SnapshotFault::impossible);
}

TEST(Replica, SaysWhyItTakesNoSnapshot) {
    Replica<Diary> replica{Diary{}};
    const auto sealed = [](const SnapshotFormat& format, std::string_view state) {
        std::string bytes;
        begin_snapshot(format, {Position{7}, {9}}, bytes);
        bytes += state;
        end_snapshot(0, bytes);
        return bytes;
    };
    const auto fault = [&](const std::string& bytes) { return replica.restore(as_bytes(bytes)); };
    EXPECT_EQ(fault("SynodSnp"), SnapshotFault::too_short);
    EXPECT_EQ(fault(std::string(100, 'x')), SnapshotFault::bad_magic);
    EXPECT_EQ(fault(sealed({"test.other", 3}, "")), SnapshotFault::foreign_machine);
    EXPECT_EQ(fault(sealed({"test.diary", 4}, "")), SnapshotFault::foreign_machine);
    EXPECT_EQ(fault(sealed({"test.diary", 3}, "refuse")), SnapshotFault::malformed);
    std::string other_version = sealed({"test.diary", 3}, "x");
    other_version[8] = 2;
    EXPECT_EQ(fault(other_version), SnapshotFault::wrong_version);
    EXPECT_EQ(name(SnapshotFault::wrong_version), "of another version");
    EXPECT_EQ(fault(sealed({"test.diary", 3}, "x")), std::nullopt);
    EXPECT_EQ(replica.position(), Position{7});
    EXPECT_EQ(replica.time(), UnixTime{9});
}

TEST(Encoding, ReadsWhatItWrote) {
    std::string bytes;
    Encoder encoder(bytes);
    const std::vector<std::size_t> lengths{0, 127, 128, 300, std::size_t{1} << 40};
    for (const std::size_t length : lengths)
        encoder.length(length);
    encoder.text(std::string(200, 'x'));
    encoder.signed_integer(-5);
    Decoder decoder(as_bytes(bytes));
    for (const std::size_t length : lengths)
        EXPECT_EQ(decoder.length(), length);
    EXPECT_EQ(decoder.text(), std::string(200, 'x'));
    EXPECT_FALSE(decoder.complete());
    EXPECT_EQ(decoder.signed_integer(), -5);
    EXPECT_TRUE(decoder.complete());
}

TEST(Encoding, ReadsNothingBeyondTheEnd) {
    Decoder too_long(
        as_bytes("\x05"
                 "abc"));
    EXPECT_EQ(too_long.text(), "");
    EXPECT_FALSE(too_long.well_formed());
    Decoder endless(as_bytes("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"));
    EXPECT_EQ(endless.length(), 0U);
    EXPECT_FALSE(endless.well_formed());
    Decoder too_many(
        as_bytes("\x04"
                 "abc"));
    EXPECT_EQ(too_many.count(1), 0U);
    EXPECT_FALSE(too_many.well_formed());
}

}  // namespace
}  // namespace synod::rsm

#include <gtest/gtest.h>

#include "wire/samples.hpp"

namespace synod::wire::test {
namespace {

std::size_t votes_bytes(const std::vector<VoteEntry>& votes) {
    std::size_t bytes = 0;
    for (const VoteEntry& vote : votes)
        bytes += kVoteEntryOverhead + vote.v_val.size();
    return bytes;
}

TEST(Sizes, AgreeWithWhatIsEncoded) {
    const Sample submit = sample<Submit>();
    EXPECT_EQ(encode(submit).size(), kSubmitOverhead + std::get<Submit>(submit.message).run.size());
    const Sample accept = sample<Accept>();
    EXPECT_EQ(encode(accept).size(), kAcceptOverhead + std::get<Accept>(accept.message).v_val.size());
    const Sample promise = sample<Promise>();
    EXPECT_EQ(encode(promise).size(),
              kPromiseOverhead + votes_bytes(std::get<Promise>(promise.message).votes));
    const Sample repair = sample<Repair>();
    EXPECT_EQ(encode(repair).size(), kRepairOverhead + votes_bytes(std::get<Repair>(repair.message).entries));
    const Sample checkpoint = sample<Checkpoint>();
    EXPECT_EQ(
        encode(checkpoint).size(),
        kCheckpointOverhead + kSessionEntryBytes * std::get<Checkpoint>(checkpoint.message).entries.size());
    EXPECT_EQ(encode(sample<Hello>()).size(), kHeaderBytes);
}

// Who asks in another's name has no more sent there than it sends itself.
TEST(Sizes, NoReportIsLongerThanTheRequest) {
    const std::size_t request = encode(sample<StatusRequest>()).size();
    EXPECT_EQ(encode(sample<ProposerReport>()).size(), request);
    EXPECT_LE(encode(sample<AcceptorReport>()).size(), request);
    EXPECT_LE(encode(sample<LearnerReport>()).size(), request);
}

TEST(Sizes, NoHeadIsLongerThanTheLongest) {
    FewRanges full;
    for (std::uint64_t k = 0; k < FewRanges::kMax; ++k)
        full.add({at(10 * k), at(10 * k + 5)});
    const Accepted accepted{AcceptorId{2}, ballot(1), {}, {}, 0, full};
    EXPECT_EQ(encode(identity(Role::acceptor), accepted).size(), kHeadBytesMax);

    Scratch scratch;
    for (const Sample& sample : samples()) {
        const bool has_entries = std::holds_alternative<Promise>(sample.message) ||
                                 std::holds_alternative<Repair>(sample.message) ||
                                 std::holds_alternative<Checkpoint>(sample.message);
        const std::size_t head = Encoder(sample.from).encode(sample.message, scratch).head.size();
        if (!has_entries) {
            EXPECT_LE(head, kHeadBytesMax) << sample.name;
        }
    }
}

TEST(Scratch, PacksItsPiecesAndUsesItsMemoryAgain) {
    Scratch scratch;
    std::byte* const first = scratch.reserve(1000);
    scratch.keep(100);
    EXPECT_EQ(scratch.reserve(1000), first + 100);
    scratch.keep(1000);
    EXPECT_EQ(scratch.reserve(kDatagramBytesMax), first + 1100);
    scratch.clear();
    EXPECT_EQ(scratch.reserve(1), first);
}

}  // namespace
}  // namespace synod::wire::test

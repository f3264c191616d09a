#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>
#include <string>

#include "wire/samples.hpp"

namespace synod::wire::test {
namespace {

TEST(RoundTrip, EveryMessageComesBackAsItWasSent) {
    for (const Sample& sample : samples()) {
        const auto datagram = encode(sample);
        auto reader = decoder();
        const auto decoded = reader.decode(datagram);
        ASSERT_TRUE(decoded) << sample.name << ": " << name(decoded.refusal());
        EXPECT_TRUE(same(decoded->message, sample.message)) << sample.name;
    }
}

TEST(RoundTrip, TheHeaderTellsWhoSentIt) {
    Scratch scratch;
    Encoder encoder({kCluster, kRun, Role::learner, 513, kLife});
    auto reader = decoder();
    for (std::uint32_t number = 0; number < 3; ++number) {
        EXPECT_EQ(encoder.next_sequence(), number);
        const auto datagram = join(encoder.encode(Hello{}, scratch));
        const auto decoded = reader.decode(datagram, Endpoint{0x7f000001, 99});
        ASSERT_TRUE(decoded);
        EXPECT_EQ(decoded->sequence, number);
        EXPECT_EQ(decoded->sender.role, Role::learner);
        EXPECT_EQ(decoded->sender.id, 513);
        EXPECT_EQ(decoded->sender.incarnation, kLife);
        EXPECT_EQ(decoded->sender.endpoint, (Endpoint{0x7f000001, 99}));
    }
}

TEST(RoundTrip, PaddingBehindADatagramIsNotLookedAt) {
    for (const Sample& sample : samples()) {
        auto datagram = encode(sample);
        datagram.resize(datagram.size() + 300);
        auto reader = decoder();
        const auto decoded = reader.decode(datagram);
        ASSERT_TRUE(decoded) << sample.name;
        EXPECT_TRUE(same(decoded->message, sample.message)) << sample.name;
    }
}

TEST(RoundTrip, BatchesAndRunsAreNotCopied) {
    Scratch scratch;
    const Bytes run = sample_run();
    EXPECT_EQ(Encoder(identity(Role::client)).encode(Submit{run}, scratch).body.data(), run.data());
    const Sample accept = sample<Accept>();
    const Bytes batch = std::get<Accept>(accept.message).v_val;
    EXPECT_EQ(Encoder(accept.from).encode(accept.message, scratch).body.data(), batch.data());

    const auto datagram = encode(accept);
    auto reader = decoder();
    const auto decoded = reader.decode(datagram);
    EXPECT_EQ(std::get<Accept>(decoded->message).v_val.data(), datagram.data() + kAcceptOverhead);
}

TEST(RoundTrip, HeadsStandUntilTheScratchIsCleared) {
    Scratch scratch;
    std::vector<Encoded> encoded;
    std::vector<std::vector<std::byte>> expected;
    for (int round = 0; round < 2; ++round) {
        Encoder encoder(identity(Role::acceptor));
        for (int k = 0; k < 5000; ++k) {
            encoded.push_back(encoder.encode(sample<Accepted>().message, scratch));
            expected.push_back(join(encoded.back()));
        }
        for (std::size_t k = 0; k < encoded.size(); ++k)
            ASSERT_EQ(join(encoded[k]), expected[k]);
        encoded.clear();
        expected.clear();
        scratch.clear();
    }
}

TEST(RoundTrip, ADecodedMessageDoesNotKeepVotesOfTheOneBefore) {
    auto reader = decoder();
    const auto promise = encode(sample<Promise>());
    const auto repair = encode(sample<Repair>());
    const auto hello = encode(sample<Hello>());
    for (const auto* datagram : {&promise, &repair, &hello, &promise, &promise, &repair}) {
        ASSERT_TRUE(reader.decode(*datagram));
    }
    EXPECT_EQ(std::get<Repair>(reader.decode(repair)->message).entries.size(), 1U);
    EXPECT_EQ(std::get<Promise>(reader.decode(promise)->message).votes.size(), 3U);
}

TEST(RoundTrip, TheLargestBatchFitsIntoA2AAndIntoAReportOfIt) {
    const std::vector<std::byte> batch(kBatchBytesMax, std::byte{7});
    const std::vector<VoteEntry> votes{{at(1), ballot(1), false, batch}};
    auto reader = decoder();
    EXPECT_TRUE(
        reader.decode(encode(identity(Role::proposer), Accept{{own_ballot(1), at(0), at(0)}, at(0), batch})));
    EXPECT_TRUE(reader.decode(encode(identity(Role::acceptor), Repair{AcceptorId{2}, {}, {}, false, votes})));
    const Promise promise{AcceptorId{2}, kLife, ballot(1), {at(1), at(2)}, {}, {}, votes};
    const auto datagram = encode(identity(Role::acceptor), promise);
    EXPECT_EQ(datagram.size(), kDatagramBytesMax);
    EXPECT_TRUE(reader.decode(datagram));
}

TEST(RoundTrip, TheBallotOfADecidedEntryIsNotSent) {
    const Repair with{AcceptorId{2}, {}, {}, false, {{at(1), ballot(9), true, {}}}};
    const Repair without{AcceptorId{2}, {}, {}, false, {{at(1), {}, true, {}}}};
    EXPECT_EQ(encode(identity(Role::acceptor), with), encode(identity(Role::acceptor), without));
}

TEST(RoundTripDeathTest, AProcessCannotSpeakForAnother) {
    EXPECT_DEATH(encode(identity(Role::acceptor, 3), sample<Accepted>().message), "invariant broken");
    EXPECT_DEATH(encode(identity(Role::learner, 3), sample<LearnerStatus>().message), "invariant broken");
}

// Random messages that keep to the rules.

rc::Gen<Ballot> any_ballot() {
    return rc::gen::map(
        rc::gen::tuple(rc::gen::positive<std::uint32_t>(), rc::gen::arbitrary<std::uint16_t>(),
                       rc::gen::arbitrary<std::uint64_t>()),
        [](const std::tuple<std::uint32_t, std::uint16_t, std::uint64_t>& parts) {
            return Ballot{Round{std::get<0>(parts)}, ProposerId{std::get<1>(parts)},
                          Incarnation{std::get<2>(parts)}};
        });
}

FewRanges any_ranges() {
    FewRanges ranges;
    std::uint64_t next = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
    const auto count = *rc::gen::inRange<std::size_t>(0, FewRanges::kMax + 1);
    for (std::size_t k = 0; k < count; ++k) {
        const auto first = next + *rc::gen::inRange<std::uint64_t>(0, 100);
        next = first + *rc::gen::inRange<std::uint64_t>(1, 1000);
        ranges.add({at(first), at(next)});
    }
    return ranges;
}

// Votes in [first, first + 100 * count), with values that `values` owns.
std::vector<VoteEntry> any_votes(std::uint64_t first, const std::vector<std::string>& values) {
    std::vector<VoteEntry> votes;
    for (const std::string& value : values) {
        first += *rc::gen::inRange<std::uint64_t>(0, 99);
        const bool decided = *rc::gen::arbitrary<bool>();
        votes.push_back({at(first++), decided ? Ballot{} : *any_ballot(), decided, as_bytes(value)});
    }
    return votes;
}

void expect_round_trip(const Identity& from, const Message& message) {
    const auto datagram = encode(from, message);
    auto reader = decoder();
    const auto decoded = reader.decode(datagram);
    RC_ASSERT(static_cast<bool>(decoded));
    RC_ASSERT(same(decoded->message, message));
}

TEST(RoundTripProperty, AnyAcceptedComesBack) {
    EXPECT_TRUE(rc::check("any 2B comes back", [] {
        expect_round_trip(identity(Role::acceptor),
                          Accepted{AcceptorId{2}, *any_ballot(), at(*rc::gen::arbitrary<std::uint32_t>()),
                                   at(*rc::gen::arbitrary<std::uint32_t>()),
                                   *rc::gen::arbitrary<std::uint32_t>(), any_ranges()});
    }));
}

TEST(RoundTripProperty, AnyRepairRequestComesBack) {
    EXPECT_TRUE(rc::check("any request comes back", [] {
        expect_round_trip(identity(Role::learner),
                          RepairRequest{*rc::gen::inRange(0U, (1U << 20) + 1), any_ranges()});
    }));
}

TEST(RoundTripProperty, AnyPageOfVotesComesBack) {
    EXPECT_TRUE(rc::check("any 1B and any repair come back", [] {
        const auto values = *rc::gen::arbitrary<std::vector<std::string>>();
        const auto first = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
        const Range covered{at(first), at(first + 1 + 100 * values.size())};
        const auto votes = any_votes(first, values);
        expect_round_trip(identity(Role::acceptor), Promise{AcceptorId{2}, kLife, *any_ballot(), covered,
                                                            at(first), at(first / 2), votes});
        expect_round_trip(identity(Role::acceptor), Repair{AcceptorId{2}, at(first / 2), at(first),
                                                           *rc::gen::arbitrary<bool>(), votes});
    }));
}

TEST(RoundTripProperty, AnyPageOfSessionsComesBack) {
    EXPECT_TRUE(rc::check("any page of a checkpoint comes back", [] {
        Checkpoint page{AcceptorId{2}, at(1 + *rc::gen::arbitrary<std::uint32_t>()), {}, true, {}};
        for (const auto high : *rc::gen::arbitrary<std::set<std::uint64_t>>()) {
            page.entries.push_back({{high, *rc::gen::arbitrary<std::uint64_t>()},
                                    PieceNumber{*rc::gen::positive<std::uint32_t>()}});
        }
        if (!page.entries.empty() && *rc::gen::arbitrary<bool>()) {
            page.last = page.entries.back().session.next() == SessionId{};
            page.from = page.entries.front().session;
        }
        expect_round_trip(identity(Role::acceptor), page);
        expect_round_trip(identity(Role::acceptor), CheckpointRequest{page.at, page.from});
    }));
}

// As many as an acceptor may put into the largest datagram.
TEST(RoundTrip, TheLargestPageOfSessionsFits) {
    Checkpoint page{AcceptorId{2}, at(1), {}, true, {}};
    for (std::uint64_t k = 0; k < (kDatagramBytesMax - kCheckpointOverhead) / kSessionEntryBytes; ++k)
        page.entries.push_back({{0, k}, PieceNumber{1}});
    auto reader = decoder();
    const auto datagram = encode(identity(Role::acceptor), page);
    ASSERT_TRUE(reader.decode(datagram));
    EXPECT_TRUE(same(reader.decode(datagram)->message, page));
}

TEST(RoundTripProperty, AnyAcceptComesBack) {
    EXPECT_TRUE(rc::check("any 2A comes back", [] {
        const auto batch = *rc::gen::arbitrary<std::string>();
        const auto first = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
        const Reign reign{own_ballot(*rc::gen::positive<std::uint32_t>()), at(first),
                          at(first + *rc::gen::arbitrary<std::uint16_t>())};
        expect_round_trip(identity(Role::proposer),
                          Accept{reign, at(first + *rc::gen::arbitrary<std::uint16_t>()), as_bytes(batch)});
    }));
}

}  // namespace
}  // namespace synod::wire::test

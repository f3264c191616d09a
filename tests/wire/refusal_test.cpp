#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <functional>
#include <set>

#include "synod/wire/header.hpp"
#include "synod/wire/type.hpp"
#include "wire/samples.hpp"

namespace synod::wire::test {
namespace {

using Datagram = std::vector<std::byte>;

std::optional<Refusal> refusal_of(Bytes datagram) {
    auto reader = decoder();
    const auto decoded = reader.decode(datagram);
    if (decoded) return std::nullopt;
    EXPECT_EQ(reader.refused().of(decoded.refusal()), 1U);
    EXPECT_EQ(reader.refused().total(), 1U);
    return decoded.refusal();
}

// As if the sender had meant it.
Datagram sealed(Datagram datagram) {
    store(datagram.data() + 8, static_cast<std::uint32_t>(datagram.size()));
    store(datagram.data() + kChecksumOffset, checksum_of(datagram));
    return datagram;
}

template <typename T>
Datagram with(Datagram datagram, std::size_t offset, T value) {
    store(datagram.data() + offset, value);
    return sealed(std::move(datagram));
}

TEST(Refusals, HaveNamesOfTheirOwn) {
    std::set<std::string_view> names;
    for (std::size_t k = 0; k < kRefusals; ++k)
        names.insert(name(static_cast<Refusal>(k)));
    EXPECT_EQ(names.size(), kRefusals);
    EXPECT_EQ(names.count("unknown"), 0U);
}

TEST(Refusals, EveryMessageTruncatedAnywhereIsRefused) {
    for (const Sample& sample : samples()) {
        const Datagram whole = encode(sample);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const auto refusal = refusal_of(Bytes(whole).first(size));
            EXPECT_EQ(refusal, size < kHeaderBytes ? Refusal::too_short : Refusal::bad_length)
                << sample.name << " cut to " << size;
        }
    }
}

TEST(Refusals, EveryMessageWithAByteFlippedIsRefused) {
    for (const Sample& sample : samples()) {
        const Datagram whole = encode(sample);
        for (std::size_t k = 0; k < whole.size(); ++k) {
            for (const unsigned flip : {0x01U, 0x80U, 0xffU}) {
                Datagram damaged = whole;
                damaged[k] ^= static_cast<std::byte>(flip);
                EXPECT_TRUE(refusal_of(damaged)) << sample.name << " byte " << k;
            }
        }
    }
}

// The sender computes lengths wrongly: the checksum is right, the body is not.
TEST(Refusals, EveryBodyTooShortOrTooLongIsMalformed) {
    for (const Sample& sample : samples()) {
        const Datagram whole = encode(sample);
        const bool takes_any_rest = std::holds_alternative<Accept>(sample.message);
        const std::size_t fixed = takes_any_rest ? kAcceptOverhead : whole.size();
        for (std::size_t size = kHeaderBytes; size < fixed; ++size) {
            Datagram cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
            EXPECT_TRUE(refusal_of(sealed(std::move(cut)))) << sample.name << " cut to " << size;
        }
        if (takes_any_rest) continue;
        Datagram longer = whole;
        longer.push_back(std::byte{0});
        EXPECT_TRUE(refusal_of(sealed(std::move(longer)))) << sample.name;
    }
}

TEST(Refusals, EachReasonOfTheHeaderIsNamed) {
    const Datagram hello = encode(sample<Hello>());
    EXPECT_EQ(refusal_of({}), Refusal::too_short);
    EXPECT_EQ(refusal_of(with(hello, 0, std::uint16_t{0x5954})), Refusal::bad_magic);
    EXPECT_EQ(refusal_of(with(hello, 2, std::uint8_t{kVersion + 1})), Refusal::wrong_version);
    EXPECT_EQ(refusal_of(with(hello, 3, std::uint8_t{0})), Refusal::unknown_type);
    EXPECT_EQ(refusal_of(with(hello, 3, std::uint8_t{kTypes + 1})), Refusal::unknown_type);
    EXPECT_EQ(refusal_of(with(hello, 12, std::uint8_t{kRoles})), Refusal::bad_header);
    EXPECT_EQ(refusal_of(with(hello, 13, std::uint8_t{1})), Refusal::bad_header);
    EXPECT_EQ(refusal_of(with(hello, 44, std::uint32_t{1})), Refusal::bad_header);
    EXPECT_EQ(refusal_of(with(hello, 16, std::uint64_t{1})), Refusal::foreign_cluster);
    EXPECT_EQ(refusal_of(with(hello, 24, std::uint64_t{1})), Refusal::foreign_run);
    Datagram damaged = hello;
    damaged[44] = std::byte{1};
    EXPECT_EQ(refusal_of(damaged), Refusal::bad_checksum);
    for (const std::uint32_t length : {0U, 47U, 49U, 0x80000000U, 0xffffffffU}) {
        damaged = hello;
        store(damaged.data() + 8, length);
        EXPECT_EQ(refusal_of(damaged), Refusal::bad_length);
    }
}

TEST(Refusals, GarbageIsCalledGarbageBeforeItIsCalledForeign) {
    Datagram foreign = with(encode(sample<Hello>()), 16, std::uint64_t{1});
    foreign[45] = std::byte{1};
    EXPECT_EQ(refusal_of(foreign), Refusal::bad_checksum);
}

TEST(Refusals, AForeignerIsNamed) {
    Identity other = identity(Role::acceptor, 3);
    other.run = 42;
    auto reader = decoder();
    ASSERT_FALSE(reader.decode(encode(other, Hello{}), Endpoint{1, 2}));
    EXPECT_EQ(reader.last_foreign().run, 42U);
    EXPECT_EQ(reader.last_foreign().cluster, kCluster);
    EXPECT_EQ(reader.last_foreign().sender.role, Role::acceptor);
    EXPECT_EQ(reader.last_foreign().sender.id, 3);
    EXPECT_EQ(reader.last_foreign().sender.endpoint, (Endpoint{1, 2}));
}

TEST(Refusals, AFlagThatIsNeitherYesNorNoIsMalformed) {
    const Datagram repair = encode(sample<Repair>());
    EXPECT_EQ(refusal_of(with(repair, kHeaderBytes + 16, std::uint8_t{2})), Refusal::malformed);
}

TEST(Refusals, MoreRangesThanAMessageTakesAreMalformed) {
    FewRanges full;
    for (std::uint64_t k = 0; k < FewRanges::kMax; ++k)
        full.add({at(10 * k), at(10 * k + 5)});
    Datagram request = encode(identity(Role::learner), RepairRequest{1, full});
    EXPECT_EQ(refusal_of(request), std::nullopt);
    request.resize(request.size() + kRangeBytes);
    store(request.data() + request.size() - 16, std::uint64_t{1000});
    store(request.data() + request.size() - 8, std::uint64_t{1001});
    EXPECT_EQ(refusal_of(with(request, kHeaderBytes + 4, std::uint8_t{FewRanges::kMax + 1})),
              Refusal::malformed);
}

TEST(Refusals, EachMessageComesOnlyFromARoleThatSendsIt) {
    using enum Role;
    const std::vector<std::set<Role>> senders = {{client},
                                                 {proposer},
                                                 {proposer},
                                                 {acceptor},
                                                 {proposer},
                                                 {acceptor},
                                                 {acceptor},
                                                 {proposer},
                                                 {proposer, acceptor, learner},
                                                 {acceptor},
                                                 {learner},
                                                 {client, proposer, acceptor, learner},
                                                 {client, proposer, acceptor, learner},
                                                 {proposer, acceptor},
                                                 {acceptor},
                                                 {proposer},
                                                 {acceptor},
                                                 {proposer},
                                                 {proposer},
                                                 {proposer},
                                                 {proposer},
                                                 {client, proposer, acceptor, learner},
                                                 {proposer},
                                                 {acceptor},
                                                 {learner},
                                                 {learner},
                                                 {acceptor}};
    for (const Sample& sample : samples()) {
        for (const Role role : {client, proposer, acceptor, learner}) {
            const bool may = senders[sample.message.index()].count(role) == 1;
            EXPECT_EQ(refusal_of(encode(identity(role), sample.message)),
                      may ? std::nullopt : std::optional(Refusal::impossible))
                << sample.name << " from role " << static_cast<int>(role);
        }
    }
}

TEST(Refusals, AnAcceptorThatIsNoneOfTheClusterIsImpossible) {
    for (const std::uint16_t id : {0, 4, 65535}) {
        EXPECT_EQ(refusal_of(encode(identity(Role::acceptor, id), Hello{})), Refusal::impossible);
    }
    EXPECT_EQ(refusal_of(encode(identity(Role::acceptor, 3), Hello{})), std::nullopt);
    EXPECT_EQ(refusal_of(encode(identity(Role::learner, 4), Hello{})), std::nullopt);
}

// Changes the sample of M, which is possible, into something that is not.
template <typename M>
void expect_impossible(const char* what, std::function<void(M&)> change) {
    Sample changed = sample<M>();
    change(std::get<M>(changed.message));
    EXPECT_EQ(refusal_of(encode(changed)), Refusal::impossible) << what;
}

template <typename M>
void expect_possible(const char* what, std::function<void(M&)> change) {
    Sample changed = sample<M>();
    change(std::get<M>(changed.message));
    EXPECT_EQ(refusal_of(encode(changed)), std::nullopt) << what;
}

constexpr InstanceId kTooHigh{std::uint64_t{1} << 62};

// Nobody could ever use a higher one: the next would be none.
TEST(Refusals, RoundsThatLeaveNoRoomForHigherOnes) {
    for (const std::uint64_t round : {std::uint64_t{1} << 62, ~std::uint64_t{0}}) {
        expect_impossible<Ack>("ack", [&](Ack& m) { m.ballot = own_ballot(round); });
        expect_impossible<Prepare>("1A", [&](Prepare& m) { m.ballot = own_ballot(round); });
        expect_impossible<Promise>("1B", [&](Promise& m) { m.ballot = ballot(round); });
        expect_impossible<Promise>("vote", [&](Promise& m) { m.votes[0].v_rnd = ballot(round); });
        expect_impossible<Accept>("2A", [&](Accept& m) { m.reign.ballot = own_ballot(round); });
        expect_impossible<Accepted>("2B", [&](Accepted& m) { m.ballot = ballot(round); });
        expect_impossible<Nack>("refused", [&](Nack& m) { m.refused = ballot(round); });
        expect_impossible<Nack>("promised", [&](Nack& m) { m.promised = ballot(round); });
        expect_impossible<Beacon>("beacon", [&](Beacon& m) { m.reign.ballot = own_ballot(round); });
        expect_impossible<Repair>("repair", [&](Repair& m) { m.entries[0].v_rnd = ballot(round); });
    }
    expect_possible<Nack>("promised nothing", [](Nack& m) { m.promised = {}; });
}

TEST(Refusals, AProposerSpeaksOnlyInBallotsOfItsOwn) {
    Ballot none = own_ballot(0);
    Ballot of_another = own_ballot(5);
    of_another.proposer = ProposerId{3};
    Ballot of_another_life = own_ballot(5);
    of_another_life.incarnation = Incarnation{1};
    for (const Ballot& b : {none, of_another, of_another_life}) {
        expect_impossible<Prepare>("1A", [&](Prepare& m) { m.ballot = b; });
        expect_impossible<Accept>("2A", [&](Accept& m) { m.reign.ballot = b; });
        expect_impossible<Beacon>("beacon", [&](Beacon& m) { m.reign.ballot = b; });
        expect_impossible<Heartbeat>("heartbeat", [&](Heartbeat& m) { m.ballot = b; });
    }
    expect_impossible<Ack>("ack", [&](Ack& m) { m.ballot = of_another; });
    expect_possible<Ack>("ack of one that does not lead", [](Ack& m) { m.ballot = {}; });
    expect_possible<Heartbeat>("of one that does not lead", [](Heartbeat& m) { m.ballot = {}; });
}

TEST(Refusals, NobodyMayClaimToLeadForEver) {
    expect_possible<Heartbeat>("quiet", [](Heartbeat& m) { m.quiet = wire::kQuietMax; });
    expect_impossible<Heartbeat>("quiet", [](Heartbeat& m) { m.quiet = {wire::kQuietMax.ns + 1}; });
}

// A round above which there is none would end all progress.
TEST(Refusals, RoundsThatNoClusterLivesToSeeAreImpossible) {
    for (const std::uint64_t round : {std::uint64_t{1} << 62, ~std::uint64_t{0}}) {
        expect_impossible<Prepare>("1A", [&](Prepare& m) { m.ballot.round = Round{round}; });
        expect_impossible<Accept>("2A", [&](Accept& m) { m.reign.ballot.round = Round{round}; });
        expect_impossible<Ack>("ack", [&](Ack& m) { m.ballot.round = Round{round}; });
        expect_impossible<Promise>("1B", [&](Promise& m) { m.ballot.round = Round{round}; });
        expect_impossible<Promise>("vote", [&](Promise& m) { m.votes[0].v_rnd.round = Round{round}; });
        expect_impossible<Accepted>("2B", [&](Accepted& m) { m.ballot.round = Round{round}; });
        expect_impossible<Nack>("promised", [&](Nack& m) { m.promised.round = Round{round}; });
        expect_impossible<Nack>("refused", [&](Nack& m) { m.refused.round = Round{round}; });
        expect_impossible<Heartbeat>("heartbeat", [&](Heartbeat& m) { m.ballot.round = Round{round}; });
        expect_impossible<Echo>("promised", [&](Echo& m) { m.promised.round = Round{round}; });
        expect_impossible<Echo>("claimed", [&](Echo& m) { m.claimed.round = Round{round}; });
    }
}

TEST(Refusals, ImpossibleReports) {
    expect_impossible<ProposerReport>("another's ballot",
                                      [](ProposerReport& m) { m.ballot.proposer = ProposerId{3}; });
    expect_impossible<ProposerReport>("leads in none", [](ProposerReport& m) { m.ballot = {}; });
    expect_possible<ProposerReport>("follows", [](ProposerReport& m) {
        m.ballot = {};
        m.leads = false;
    });
    expect_impossible<AcceptorReport>("trimmed",
                                      [](AcceptorReport& m) { m.trimmed_below = m.decided_below.next(); });
    expect_impossible<LearnerReport>(
        "instances", [](LearnerReport& m) { m.delivered_below = InstanceId{std::uint64_t{1} << 62}; });
}

TEST(Refusals, ImpossibleReads) {
    expect_impossible<ReadIndex>("an instance",
                                 [](ReadIndex& m) { m.voted_below = InstanceId{std::uint64_t{1} << 62}; });
}

TEST(Refusals, ImpossibleSubmits) {
    static const Datagram two = [] {
        const Bytes run = sample_run();
        Datagram twice(run.begin(), run.end());
        twice.insert(twice.end(), run.begin(), run.end());
        return twice;
    }();
    expect_impossible<Submit>("two runs", [](Submit& m) { m.run = two; });
    expect_impossible<Submit>("no run", [](Submit& m) { m.run = {}; });
    expect_impossible<Submit>("part of a run", [](Submit& m) { m.run = m.run.first(m.run.size() - 1); });
}

TEST(Refusals, ImpossibleReigns) {
    expect_impossible<Accept>("decided before it began", [](Accept& m) { m.reign.decided_below = at(99); });
    expect_impossible<Accept>("proposed before it began", [](Accept& m) { m.instance = at(99); });
    expect_impossible<Accept>("too high", [](Accept& m) { m.instance = kTooHigh; });
    expect_impossible<Accept>("decided too high", [](Accept& m) { m.reign.decided_below = kTooHigh; });
    expect_impossible<Beacon>("decided before it began", [](Beacon& m) { m.reign.decided_below = at(99); });
    expect_impossible<Beacon>("next too high", [](Beacon& m) { m.next = kInstanceEnd; });
    expect_impossible<Prepare>("too high", [](Prepare& m) { m.first = kTooHigh; });
    expect_possible<Accept>("a no-op", [](Accept& m) { m.v_val = {}; });
}

TEST(Refusals, ImpossiblePromises) {
    expect_impossible<Promise>("no ballot", [](Promise& m) { m.ballot = {}; });
    expect_impossible<Promise>("covers nothing", [](Promise& m) {
        m.covered.end = m.covered.first;
        m.votes.clear();
    });
    expect_impossible<Promise>("ends too high", [](Promise& m) { m.covered.end = kTooHigh; });
    expect_impossible<Promise>("vote below the page", [](Promise& m) { m.covered.first = at(101); });
    expect_impossible<Promise>("vote above the page", [](Promise& m) { m.covered.end = at(106); });
    expect_impossible<Promise>("votes not ascending", [](Promise& m) { std::swap(m.votes[0], m.votes[1]); });
    expect_impossible<Promise>("two votes", [](Promise& m) { m.votes[1].instance = m.votes[0].instance; });
    expect_impossible<Promise>("vote in no ballot", [](Promise& m) { m.votes[0].v_rnd = {}; });
    expect_impossible<Promise>("vote too high", [](Promise& m) { m.votes[2].instance = kTooHigh; });
    expect_impossible<Promise>("decided too high", [](Promise& m) { m.decided_below = kInstanceEnd; });
    expect_impossible<Promise>("trimmed too high", [](Promise& m) { m.trimmed_below = kTooHigh; });
    // Or its proposer would fill the gap up to there with no-ops.
    constexpr std::uint64_t kHeld = 4 << 20;
    expect_impossible<Promise>("vote beyond what is held",
                               [](Promise& m) { m.votes[2].instance = m.trimmed_below.plus(kHeld); });
    expect_possible<Promise>("the last that is held",
                             [](Promise& m) { m.votes[2].instance = m.trimmed_below.plus(kHeld - 1); });
    expect_impossible<Promise>("forgot what is not decided", [](Promise& m) { m.trimmed_below = at(91); });
    expect_possible<Promise>("a page in the middle", [](Promise& m) { m.covered.end = at(107); });
    expect_possible<Promise>("no votes", [](Promise& m) { m.votes.clear(); });
}

TEST(Refusals, ImpossibleVotes) {
    expect_impossible<Accepted>("voted in no ballot", [](Accepted& m) { m.ballot = {}; });
    expect_impossible<Accepted>("empty", [](Accepted& m) { m.voted = few({{at(5), at(5)}}); });
    expect_impossible<Accepted>("backwards", [](Accepted& m) { m.voted = few({{at(5), at(4)}}); });
    expect_impossible<Accepted>("overlap", [](Accepted& m) {
        m.voted = few({{at(5), at(9)}, {at(8), at(10)}});
    });
    expect_impossible<Accepted>("unsorted", [](Accepted& m) {
        m.voted = few({{at(8), at(9)}, {at(5), at(6)}});
    });
    expect_impossible<Accepted>("open", [](Accepted& m) { m.voted = few({{at(5), kInstanceEnd}}); });
    expect_impossible<Accepted>("seen too high", [](Accepted& m) { m.seen_below = kTooHigh; });
    expect_possible<Accepted>("promised nothing yet", [](Accepted& m) {
        m.ballot = {};
        m.voted = {};
    });
    expect_impossible<Nack>("refused nothing", [](Nack& m) { m.refused = {}; });
    expect_impossible<Nack>("trimmed too high", [](Nack& m) { m.trimmed_below = kTooHigh; });
}

TEST(Refusals, ImpossibleRepairs) {
    expect_impossible<Repair>("not ascending", [](Repair& m) { m.entries.push_back(m.entries[0]); });
    expect_impossible<Repair>("too high", [](Repair& m) { m.entries[0].instance = kTooHigh; });
    expect_impossible<Repair>("decided too high", [](Repair& m) { m.decided_below = kTooHigh; });
    expect_impossible<RepairRequest>("more than a window",
                                     [](RepairRequest& m) { m.budget_bytes = (1U << 20) + 1; });
    expect_possible<RepairRequest>("a window", [](RepairRequest& m) { m.budget_bytes = 1U << 20; });
    expect_impossible<RepairRequest>("open in the middle", [](RepairRequest& m) {
        m.wanted = few({{at(1), kInstanceEnd}, {at(2), at(3)}});
    });
    expect_impossible<LearnerStatus>("too high", [](LearnerStatus& m) { m.delivered_below = kTooHigh; });
}

TEST(Refusals, ImpossibleCheckpoints) {
    constexpr SessionId kHighest{~std::uint64_t{0}, ~std::uint64_t{0}};
    expect_impossible<CheckpointRequest>("too high", [](CheckpointRequest& m) { m.at = kTooHigh; });
    expect_impossible<CheckpointRequest>("a later page of any", [](CheckpointRequest& m) { m.at = at(0); });
    expect_possible<CheckpointRequest>("the first page of any", [](CheckpointRequest& m) { m = {}; });

    expect_impossible<Checkpoint>("too high", [](Checkpoint& m) { m.at = kTooHigh; });
    expect_impossible<Checkpoint>("not ascending",
                                  [](Checkpoint& m) { std::swap(m.entries[0], m.entries[1]); });
    expect_impossible<Checkpoint>("one session twice", [](Checkpoint& m) { m.entries[1] = m.entries[0]; });
    expect_impossible<Checkpoint>("begins below the page", [](Checkpoint& m) { m.from = {0x31, 0x34}; });
    expect_impossible<Checkpoint>("has taken nothing", [](Checkpoint& m) { m.entries[0].next = {}; });
    expect_impossible<Checkpoint>("leads nowhere", [](Checkpoint& m) { m.entries.clear(); });
    expect_impossible<Checkpoint>("nothing can follow",
                                  [&](Checkpoint& m) { m.entries[1].session = kHighest; });
    expect_impossible<Checkpoint>("something out of nothing", [](Checkpoint& m) {
        m.at = at(0);
        m.last = true;
    });
    expect_possible<Checkpoint>("begins with the page", [](Checkpoint& m) { m.from = {0x31, 0x33}; });
    expect_possible<Checkpoint>("the last page", [&](Checkpoint& m) {
        m.entries[1].session = kHighest;
        m.last = true;
    });
    expect_possible<Checkpoint>("of nothing", [](Checkpoint& m) {
        m.entries.clear();
        m.last = true;
        m.at = at(0);
    });
}

// Or an acceptor would have to report a vote that fits into no 1B.
TEST(RefusalsDeathTest, ABatchLongerThanA1BCanReportIsImpossible) {
    for (const bool too_long : {false, true}) {
        const auto expected = too_long ? std::optional(Refusal::impossible) : std::nullopt;
        Datagram accept = encode(sample<Accept>());
        accept.resize(kAcceptOverhead + kBatchBytesMax + (too_long ? 1 : 0));
        EXPECT_EQ(refusal_of(sealed(accept)), expected);

        const std::size_t size = kBatchBytesMax + (too_long ? 1 : 0);
        const std::vector<std::byte> value(size);
        const Repair repair{AcceptorId{2}, {}, {}, false, {{at(1), {}, true, value}}};
        EXPECT_EQ(refusal_of(encode(identity(Role::acceptor), repair)), expected);
    }
    const std::vector<std::byte> batch(kBatchBytesMax + 1);
    const Accept accept{{own_ballot(1), at(0), at(0)}, at(0), batch};
    EXPECT_DEATH(encode(identity(Role::proposer), accept), "invariant broken");
}

TEST(Refusals, ADecidedEntryHasNoBallot) {
    Datagram repair =
        encode(identity(Role::acceptor), Repair{AcceptorId{2}, {}, {}, false, {{at(1), {}, true, {}}}});
    EXPECT_EQ(refusal_of(with(repair, kRepairOverhead + 8, std::uint64_t{1})), Refusal::impossible);
    EXPECT_EQ(refusal_of(with(repair, kRepairOverhead + 16, std::uint16_t{1})), Refusal::impossible);
}

// Whatever a sender means, a datagram that is taken in is the only way to say what it says.
TEST(RefusalsProperty, DamageThatPassesTheChecksumIsRefusedOrIsAnotherMessage) {
    const auto all = samples();
    EXPECT_TRUE(rc::check("a datagram taken in is encoded back to itself", [&all] {
        const Sample& sample = all[*rc::gen::inRange<std::size_t>(0, all.size())];
        Datagram datagram = encode(sample);
        const auto damages = *rc::gen::inRange<int>(1, 4);
        for (int k = 0; k < damages && datagram.size() > kHeaderBytes; ++k) {
            const auto offset = *rc::gen::inRange<std::size_t>(kHeaderBytes, datagram.size());
            datagram[offset] = static_cast<std::byte>(*rc::gen::arbitrary<std::uint8_t>());
        }
        datagram = sealed(std::move(datagram));
        auto reader = decoder();
        const auto decoded = reader.decode(datagram);
        if (decoded) RC_ASSERT(encode(sample.from, decoded->message) == datagram);
    }));
}

TEST(RefusalsProperty, NoStringOfBytesIsTrusted) {
    EXPECT_TRUE(rc::check("any bytes behind a good header are refused or taken in", [] {
        Datagram datagram = encode(sample<Hello>());
        const auto body = *rc::gen::arbitrary<std::vector<std::uint8_t>>();
        for (const std::uint8_t byte : body)
            datagram.push_back(static_cast<std::byte>(byte));
        store(datagram.data() + 3, *rc::gen::inRange<std::uint8_t>(0, kTypes + 2));
        store(datagram.data() + 12, *rc::gen::inRange<std::uint8_t>(0, 5));
        auto reader = decoder();
        static_cast<void>(reader.decode(sealed(std::move(datagram))));
    }));
}

}  // namespace
}  // namespace synod::wire::test

// The Synod algorithm for one value, with "Paxos Made Simple" (Lamport, 2001), section 2, beside it: first
// each rule alone, then whole runs that are put together from the rules, then every run there is of three
// ballots.

#include "synod/core/single_decree.hpp"

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/core_test.hpp"

namespace synod::test {
namespace {

// ---- The rules -----------------------------------------------------------------------------------------

// "If an acceptor receives a prepare request with number n greater than that of any prepare request to which
// it has already responded, then it responds to the request with a promise not to accept any more proposals
// numbered less than n"
TEST(Promising, APromisedBallotShutsOutEveryLowerOne) {
    EXPECT_TRUE(may_promise(Ballot{}, b(1)));
    EXPECT_TRUE(may_promise(b(1), b(2)));
    EXPECT_FALSE(may_promise(b(2), b(1)));
    EXPECT_FALSE(may_promise(b(2, 2), b(2, 1)));
}

TEST(Promising, ARepeatedRequestIsAnsweredAgainBecauseAnswersGetLost) {
    EXPECT_TRUE(may_promise(b(2), b(2)));
}

TEST(Promising, NoBallotIsNoRequest) {
    EXPECT_FALSE(may_promise(Ballot{}, Ballot{}));
    EXPECT_FALSE(may_accept(Ballot{}, Ballot{}));
}

// "If an acceptor receives an accept request for a proposal numbered n, it accepts the proposal unless it has
// already responded to a prepare request having a number greater than n."
TEST(Accepting, OnlyAHigherPromiseForbidsToAccept) {
    EXPECT_TRUE(may_accept(b(2), b(2)));
    EXPECT_TRUE(may_accept(b(2), b(3)));  // it needs no promise of its own
    EXPECT_FALSE(may_accept(b(2), b(1)));
}

// "Different proposals have different numbers."
TEST(Ballots, AreOrderedByRoundThenProposerThenIncarnation) {
    const Ballot lives[] = {{Round{1}, ProposerId{9}, Incarnation{9}},
                            {Round{2}, ProposerId{1}, Incarnation{5}},
                            {Round{2}, ProposerId{1}, Incarnation{6}},
                            {Round{2}, ProposerId{2}, Incarnation{1}}};
    EXPECT_TRUE(std::is_sorted(std::begin(lives), std::end(lives)));
    EXPECT_NE(lives[1], lives[2]) << "a restarted proposer never speaks in a ballot of its former life";
    EXPECT_LT(Ballot{}, lives[0]);
}

// "...where v is the value of the highest-numbered proposal among the responses, or is any value selected by
// the proposer if the responders reported no proposals."
TEST(Proposing, TheHighestNumberedProposalReportedIsAdopted) {
    ValueToPropose<std::string> value;
    value.consider(b(1), "old");
    value.consider(b(3), "newest");
    value.consider(b(2), "newer");
    EXPECT_FALSE(value.is_free());
    EXPECT_EQ(value.v_rnd(), b(3));
    EXPECT_EQ(value.v_val(), "newest");
}

TEST(Proposing, WhoHearsOfNoProposalIsFree) {
    ValueToPropose<std::string> value;
    EXPECT_TRUE(value.is_free());
    value.consider(Ballot{}, "of no ballot");
    EXPECT_TRUE(value.is_free());
}

// "A value is chosen when a single proposal with that value has been accepted by a majority of the acceptors"
TEST(Choosing, AMajorityOfVotesInOneBallotChooses) {
    const Quorum quorum(3);
    VoteCount votes;
    EXPECT_TRUE(votes.add(a(1), b(1)));
    EXPECT_FALSE(votes.is_chosen(quorum));
    EXPECT_TRUE(votes.add(a(3), b(1)));
    EXPECT_TRUE(votes.is_chosen(quorum));
}

TEST(Choosing, AVoteCountsOnceHoweverOftenItIsHeard) {
    VoteCount votes;
    votes.add(a(1), b(1));
    EXPECT_FALSE(votes.add(a(1), b(1)));
    EXPECT_EQ(votes.voters().size(), 1u);
}

TEST(Choosing, VotesOfDifferentBallotsDoNotAddUpEvenForEqualValues) {
    const Quorum quorum(3);
    VoteCount votes;
    votes.add(a(1), b(1));
    votes.add(a(2), b(2));
    EXPECT_FALSE(votes.is_chosen(quorum));
    EXPECT_FALSE(votes.add(a(3), b(1))) << "a lower ballot has no say any more";
    EXPECT_FALSE(votes.is_chosen(quorum));
    votes.add(a(3), b(2));
    EXPECT_TRUE(votes.is_chosen(quorum));
    EXPECT_EQ(votes.ballot(), b(2));
}

TEST(Choosing, AVoteInNoBallotIsNone) {
    VoteCount votes;
    EXPECT_FALSE(votes.add(a(1), Ballot{}));
    EXPECT_EQ(votes.voters().size(), 0u);
}

// "Because any two majorities have at least one acceptor in common, this works if an acceptor can accept at
// most one value."
TEST(Quorums, AnyTwoHaveAnAcceptorInCommonAndNoneIsLargerThanItMust) {
    for (unsigned acceptors = 1; acceptors <= kAcceptorsMax; ++acceptors) {
        const Quorum quorum(acceptors);
        EXPECT_GT(2 * quorum.size(), acceptors);
        EXPECT_LE(2 * (quorum.size() - 1), acceptors);
        AcceptorSet set;
        for (unsigned k = 1; k <= acceptors; ++k) {
            EXPECT_EQ(quorum.reached_by(set), k > quorum.size());
            set.add(a(k));
        }
        EXPECT_TRUE(quorum.reached_by(set));
    }
}

TEST(Quorums, MembersAreNumberedFromOne) {
    const Quorum quorum(3);
    EXPECT_FALSE(quorum.is_member(a(0)));
    EXPECT_TRUE(quorum.is_member(a(1)));
    EXPECT_TRUE(quorum.is_member(a(3)));
    EXPECT_FALSE(quorum.is_member(a(4)));
}

// ---- The whole algorithm, from the rules alone ---------------------------------------------------------

struct Vote {
    Ballot v_rnd;
    std::string v_val;
};

struct OneAcceptor {
    AcceptorId id;
    Ballot rnd;
    Vote vote;

    std::optional<Vote> prepare(Ballot n) {
        if (!may_promise(rnd, n)) return std::nullopt;
        rnd = n;
        return vote;
    }
    std::optional<Ballot> accept(Ballot n, const std::string& value) {
        if (!may_accept(rnd, n)) return std::nullopt;
        rnd = n;
        vote = {n, value};
        return n;
    }
};

struct OneProposer {
    Ballot c_rnd;
    std::string own_value;
    AcceptorSet promised;
    ValueToPropose<std::string> adopted;

    void prepare(OneAcceptor& acceptor) {
        const auto promise = acceptor.prepare(c_rnd);
        if (!promise) return;
        promised.add(acceptor.id);
        adopted.consider(promise->v_rnd, promise->v_val);
    }
    [[nodiscard]] std::string value() const { return adopted.is_free() ? own_value : adopted.v_val(); }
};

struct OneLearner {
    VoteCount votes;
    std::string value;

    void learn(AcceptorId acceptor, std::optional<Ballot> vote, const std::string& v_val) {
        if (vote && votes.add(acceptor, *vote)) value = v_val;
    }
};

class SynodRun : public testing::Test {
protected:
    static OneProposer proposes(const std::string& value, Ballot ballot) { return {ballot, value, {}, {}}; }

    // Phase 1 with these acceptors; false when they are no quorum of promises.
    bool phase1(OneProposer& proposer, std::initializer_list<unsigned> with) {
        for (const unsigned k : with)
            proposer.prepare(acceptor(k));
        return quorum_.reached_by(proposer.promised);
    }
    void phase2(const OneProposer& proposer, std::initializer_list<unsigned> with) {
        ASSERT_TRUE(quorum_.reached_by(proposer.promised));
        for (const unsigned k : with) {
            learner_.learn(a(k), acceptor(k).accept(proposer.c_rnd, proposer.value()), proposer.value());
        }
    }
    OneAcceptor& acceptor(unsigned k) { return acceptors_.at(k - 1); }
    std::optional<std::string> chosen() const {
        if (!learner_.votes.is_chosen(quorum_)) return std::nullopt;
        return learner_.value;
    }

    Quorum quorum_{3};
    std::array<OneAcceptor, 3> acceptors_{{{a(1), {}, {}}, {a(2), {}, {}}, {a(3), {}, {}}}};
    OneLearner learner_;
};

TEST_F(SynodRun, OneProposerGetsItsValueChosenByTwoOfThree) {
    auto proposer = proposes("x", b(1));
    ASSERT_TRUE(phase1(proposer, {1, 2}));
    phase2(proposer, {1, 2});
    EXPECT_EQ(chosen(), "x");
}

TEST_F(SynodRun, OneAnswerIsNotEnough) {
    auto proposer = proposes("x", b(1));
    EXPECT_FALSE(phase1(proposer, {1}));
    EXPECT_FALSE(phase1(proposer, {1}));
}

// "It's easy to construct a scenario in which two proposers each keep issuing a sequence of proposals with
// increasing numbers, none of which are ever chosen."
TEST_F(SynodRun, TwoProposersThatDuelGetNothingChosenUntilOnePauses) {
    for (std::uint64_t round = 1; round < 5; ++round) {
        auto first = proposes("x", b(round, 1));
        ASSERT_TRUE(phase1(first, {1, 2, 3}));
        auto second = proposes("y", b(round, 2));
        ASSERT_TRUE(phase1(second, {1, 2, 3}));
        phase2(first, {1, 2, 3});  // shut out by the second one's promises
        EXPECT_EQ(chosen(), std::nullopt);
    }
    auto last = proposes("y", b(5, 2));
    ASSERT_TRUE(phase1(last, {1, 2, 3}));
    phase2(last, {1, 2, 3});
    EXPECT_EQ(chosen(), "y");
}

// "If a proposal with value v is chosen, then every higher-numbered proposal issued by any proposer has
// value v."
TEST_F(SynodRun, WhatIsChosenStaysChosenInEveryHigherBallot) {
    auto first = proposes("x", b(1, 1));
    ASSERT_TRUE(phase1(first, {1, 2}));
    phase2(first, {1, 2});
    auto second = proposes("y", b(2, 2));
    ASSERT_TRUE(phase1(second, {2, 3}));
    EXPECT_EQ(second.value(), "x");
    phase2(second, {2, 3});
    EXPECT_EQ(chosen(), "x");
    EXPECT_EQ(acceptor(3).vote.v_val, "x");
}

TEST_F(SynodRun, OfTwoVotesTheOneOfTheHigherBallotIsAdopted) {
    auto first = proposes("x", b(1, 1));
    ASSERT_TRUE(phase1(first, {1, 2}));
    phase2(first, {1});
    auto second = proposes("y", b(2, 2));
    ASSERT_TRUE(phase1(second, {2, 3}));
    phase2(second, {3});
    auto third = proposes("z", b(3, 1));
    ASSERT_TRUE(phase1(third, {1, 3}));  // (b1, x) and (b2, y)
    EXPECT_EQ(third.value(), "y");
}

TEST_F(SynodRun, EqualVotesOfTwoBallotsHaveChosenNothing) {
    auto first = proposes("x", b(1, 1));
    ASSERT_TRUE(phase1(first, {1, 2}));
    phase2(first, {1});
    auto second = proposes("x", b(2, 2));
    ASSERT_TRUE(phase1(second, {2, 3}));
    phase2(second, {2});
    // Two of three hold "x", but not of a single proposal; and indeed:
    EXPECT_EQ(chosen(), std::nullopt);
    auto third = proposes("z", b(3, 1));
    ASSERT_TRUE(phase1(third, {1, 3}));
    EXPECT_EQ(third.value(), "x");
    phase2(third, {1, 3});
    EXPECT_EQ(chosen(), "x");
}

// ---- Every run -----------------------------------------------------------------------------------------

// The rules in use, so that a run with one of them broken can be looked for.
struct Rules {
    bool (*promises)(Ballot rnd, Ballot n) = [](Ballot rnd, Ballot n) { return may_promise(rnd, n); };
    bool (*accepts)(Ballot rnd, Ballot n) = [](Ballot rnd, Ballot n) { return may_accept(rnd, n); };
    bool adopts_highest = true;
    bool raises_rnd_on_accept = true;
    unsigned quorum = Quorum(3).size();
};

// Ballots 1, 2, 3 of proposers 1, 2, 1; each proposer has a value of its own, its number.
constexpr std::array<std::uint8_t, 4> kOwner{0, 1, 2, 1};
constexpr std::uint8_t kBallots = 3;
constexpr std::uint8_t kAcceptors = 3;

// All there is to know of a moment of a run. A message once sent may arrive at any later time, or never.
struct World {
    std::array<std::uint8_t, kAcceptors> rnd{};
    std::array<std::uint8_t, kAcceptors> v_rnd{};
    std::array<std::uint8_t, kBallots + 1> value{};  // proposed in each ballot; 0: phase 2 has not begun
    std::array<std::uint8_t, kBallots + 1> voters{};
    // By ballot and acceptor: 0 no promise, else 1 + the v-rnd that it reported.
    std::array<std::array<std::uint8_t, kAcceptors>, kBallots + 1> promise{};
    friend auto operator<=>(const World&, const World&) = default;
};

class EveryRun {
public:
    explicit EveryRun(const Rules& rules) : rules_(rules) {}

    // Whether all runs keep to one chosen value.
    bool agree() {
        std::deque<World> open{World{}};
        seen_.insert(World{});
        while (!open.empty()) {
            const World world = open.front();
            open.pop_front();
            if (!has_one_chosen(world)) return false;
            for (const World& next : steps(world)) {
                if (seen_.insert(next).second) open.push_back(next);
            }
        }
        return true;
    }
    [[nodiscard]] std::size_t worlds() const { return seen_.size(); }
    [[nodiscard]] bool something_was_chosen() const { return something_was_chosen_; }

private:
    std::vector<World> steps(const World& world) const {
        std::vector<World> next;
        for (std::uint8_t n = 1; n <= kBallots; ++n) {
            for (std::uint8_t k = 0; k < kAcceptors; ++k) {
                prepare(world, n, k, next);
                if (world.value[n] != 0) accept(world, n, k, next);
            }
            if (world.value[n] == 0) begin_phase2(world, n, next);
        }
        return next;
    }
    void prepare(World world, std::uint8_t n, std::uint8_t k, std::vector<World>& next) const {
        if (world.promise[n][k] != 0 || !rules_.promises(ballot(world.rnd[k]), ballot(n))) return;
        world.rnd[k] = n;
        world.promise[n][k] = static_cast<std::uint8_t>(1 + world.v_rnd[k]);
        next.push_back(world);
    }
    // With the promises of any quorum that has answered so far.
    void begin_phase2(const World& world, std::uint8_t n, std::vector<World>& next) const {
        for (unsigned members = 1; members < 1u << kAcceptors; ++members) {
            AcceptorSet set;
            ValueToPropose<std::uint8_t> adopted;
            bool all_promised = true;
            for (std::uint8_t k = 0; k < kAcceptors; ++k) {
                if ((members >> k & 1u) == 0) continue;
                const std::uint8_t promise = world.promise[n][k];
                all_promised = all_promised && promise != 0;
                if (promise > 1) adopted.consider(ballot(promise - 1u), world.value[promise - 1u]);
                set.add(a(k + 1u));
            }
            if (!all_promised || set.size() < rules_.quorum) continue;
            World then = world;
            then.value[n] = adopted.is_free() || !rules_.adopts_highest ? kOwner[n] : adopted.v_val();
            next.push_back(then);
        }
    }
    void accept(World world, std::uint8_t n, std::uint8_t k, std::vector<World>& next) const {
        if (!rules_.accepts(ballot(world.rnd[k]), ballot(n))) return;
        if (rules_.raises_rnd_on_accept) world.rnd[k] = n;
        world.v_rnd[k] = n;
        world.voters[n] = static_cast<std::uint8_t>(world.voters[n] | 1u << k);
        next.push_back(world);
    }
    bool has_one_chosen(const World& world) {
        std::set<std::uint8_t> chosen;
        for (std::uint8_t n = 1; n <= kBallots; ++n) {
            VoteCount votes;
            for (std::uint8_t k = 0; k < kAcceptors; ++k) {
                if ((world.voters[n] >> k & 1u) != 0) votes.add(a(k + 1u), ballot(n));
            }
            if (votes.is_chosen(Quorum(3))) chosen.insert(world.value[n]);
        }
        something_was_chosen_ = something_was_chosen_ || !chosen.empty();
        return chosen.size() <= 1;
    }
    static Ballot ballot(unsigned n) { return n == 0 ? Ballot{} : b(n, kOwner.at(n)); }

    Rules rules_;
    std::set<World> seen_;
    bool something_was_chosen_ = false;
};

// "Only a single value is chosen."
TEST(EveryRunOfThreeBallots, ChoosesAtMostOneValue) {
    EveryRun every{Rules{}};
    EXPECT_TRUE(every.agree());
    EXPECT_TRUE(every.something_was_chosen());
    EXPECT_GT(every.worlds(), 10'000u);
}

TEST(EveryRunOfThreeBallots, DisagreesSomewhereWhenARuleIsBroken) {
    Rules adopts_nothing;
    adopts_nothing.adopts_highest = false;
    EXPECT_FALSE(EveryRun{adopts_nothing}.agree());

    Rules accepts_everything;
    accepts_everything.accepts = [](Ballot, Ballot) { return true; };
    EXPECT_FALSE(EveryRun{accepts_everything}.agree());

    Rules promises_everything;
    promises_everything.promises = [](Ballot, Ballot) { return true; };
    EXPECT_FALSE(EveryRun{promises_everything}.agree());

    Rules minority;
    minority.quorum = 1;
    EXPECT_FALSE(EveryRun{minority}.agree());
}

}  // namespace
}  // namespace synod::test

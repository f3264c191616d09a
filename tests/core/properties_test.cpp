// Acceptors and learners under any sequence of messages: permuted, lost, repeated.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>

#include "core/core_test.hpp"
#include "synod/core/acceptor.hpp"
#include "synod/core/learner.hpp"
#include "synod/core/phase1.hpp"

namespace synod::test {
namespace {

// A broken invariant is a counter-example to shrink, not the end of the process.
class Throwing {
public:
    Throwing() : before_(set_check_handler(fail)) {}
    ~Throwing() { set_check_handler(before_); }
    Throwing(const Throwing&) = delete;
    Throwing& operator=(const Throwing&) = delete;

private:
    static void fail(const char* condition, const char* file, int line) {
        throw std::logic_error(std::string(condition) + " at " + file + ":" + std::to_string(line));
    }
    CheckHandler before_;
};

struct Dice {
    std::uint64_t state;
    // In [0, bound).
    std::uint64_t below(std::uint64_t bound) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return (state >> 33) % bound;
    }
    bool chance(unsigned percent) { return below(100) < percent; }
};

Dice dice() {
    return {*rc::gen::arbitrary<std::uint64_t>()};
}

// ---- An acceptor ---------------------------------------------------------------------------------------

// What an acceptor would find again after a crash, from its stable records alone.
struct Recovered {
    Ballot rnd;
    std::map<InstanceId, std::pair<Ballot, std::string>> votes;

    void apply(const StableRecord& record) {
        if (const auto* promise = std::get_if<PromiseRecord>(&record)) {
            RC_ASSERT(promise->promised > rnd);  // absent for repeats
            rnd = promise->promised;
        } else if (const auto* vote = std::get_if<VoteRecord>(&record)) {
            RC_ASSERT(vote->vote.v_rnd == rnd);
            const std::pair now{vote->vote.v_rnd, text(vote->vote.v_val)};
            RC_ASSERT(votes[vote->vote.instance] != now);
            votes[vote->vote.instance] = now;
        }
    }
};

// In ballots of round 1 values may get lost; from round 2 on, what is proposed for an instance is its chosen
// value.
std::string proposed(std::uint64_t instance, Ballot ballot) {
    const std::string chosen = "chosen" + std::to_string(instance);
    return ballot.round == Round{1} ? "lost by " + std::to_string(ballot.proposer.value()) : chosen;
}

class AnyAcceptor {
public:
    explicit AnyAcceptor(const Acceptor::Options& options) : acceptor_(options) {}

    void step(Dice& dice) {
        const std::uint64_t at = dice.below(12);
        const Ballot ballot = b(1 + dice.below(4), static_cast<std::uint16_t>(1 + dice.below(2)));
        const std::uint64_t decided = ballot.round >= Round{2} ? dice.below(12) : 0;
        const Reign reign{ballot, i(0), i(decided)};
        const Sender from = proposer(ballot.proposer.value());
        const std::string value = proposed(at, ballot);
        now_ = now_ + milliseconds(dice.below(50));
        Acceptor copy = acceptor_;
        const Ballot promised = acceptor_.promised();
        const InstanceId trimmed = acceptor_.trimmed_below();

        outbox_.clear();
        switch (dice.below(9)) {
            case 0:
                apply(copy, Prepare{ballot, i(at)}, from);
                break;
            case 1:
                apply(copy, Beacon{reign, i(decided + 1)}, from);
                break;
            case 2:
                apply(copy, RepairRequest{1 << 20, ranges({{i(at), kInstanceEnd}})}, learner());
                break;
            case 3:
                apply(copy, repair_of(at, dice), acceptor(2));
                break;
            case 4:
                apply(copy, Hello{}, learner());
                break;
            case 5:
                contradict(copy, at, ballot, from);
                break;
            default:
                apply(copy, Accept{reign, i(at), v(value)}, from);
        }
        if (dice.chance(30)) {
            Outbox ignored;
            acceptor_.tick(now_, outbox_);
            copy.tick(now_, ignored);
        }
        RC_ASSERT(copy == acceptor_);
        RC_ASSERT(copy.hash() == acceptor_.hash());

        acceptor_.check_invariants();
        RC_ASSERT(acceptor_.promised() >= promised);  // A1
        RC_ASSERT(acceptor_.trimmed_below() >= trimmed);
        RC_ASSERT(acceptor_.trimmed_below() <= acceptor_.log().decided_below());  // A4
        for (const StableRecord& record : outbox_.stable)
            recovered_.apply(record);
        check_votes();
        for (const Send& send : outbox_.sends)
            std::visit([this](const auto& m) { check(m); }, send.message);
    }

private:
    template <typename M>
    void apply(Acceptor& copy, const M& message, const Sender& from) {
        acceptor_.on(message, from, now_, outbox_);
        acceptor_.flush(now_, outbox_);
        Outbox ignored;
        copy.on(message, from, now_, ignored);
        copy.flush(now_, ignored);
    }
    Repair repair_of(std::uint64_t at, Dice& dice) {
        const bool decided = dice.chance(60);
        const Ballot v_rnd = decided ? Ballot{} : b(1);
        value_ = decided ? proposed(at, b(2)) : proposed(at, v_rnd);
        const InstanceId trimmed = i(dice.chance(10) ? dice.below(6) : 0);
        return {a(2), trimmed, i(at), dice.chance(50), {{i(at), v_rnd, decided, v(value_)}}};
    }
    // A second value in a ballot that has a vote already.
    void contradict(Acceptor& copy, std::uint64_t at, Ballot ballot, const Sender& from) {
        const auto* entry = acceptor_.log().find(i(at));
        if (entry == nullptr || entry->ballot != ballot) return;
        apply(copy, Accept{{ballot, i(0), i(0)}, i(at), v("a second value")}, from);
    }

    // A3; and that a crash now would cost it nothing.
    void check_votes() {
        RC_ASSERT(recovered_.rnd == acceptor_.promised());
        const InstanceLog& log = acceptor_.log();
        for (InstanceId k = log.first(); k < log.end(); k = k.next()) {
            const auto* entry = log.find(k);
            if (entry == nullptr) continue;
            const std::string value = text(log.value(*entry));
            if (entry->decided) RC_ASSERT(value == proposed(k.value(), b(2)));
            if (entry->decided || acceptor_.is_observer()) continue;
            RC_ASSERT(recovered_.votes.at(k) == std::pair(entry->ballot, value));
            RC_ASSERT(first_value_.try_emplace({k, entry->ballot}, value).first->second == value);
        }
    }

    void check(const Accepted& accepted) {
        RC_ASSERT(!acceptor_.is_observer());
        RC_ASSERT(accepted.ballot == acceptor_.promised());
        for (const Range& range : accepted.voted) {
            for (InstanceId k = range.first; k < range.end; k = k.next()) {
                RC_ASSERT(recovered_.votes.at(k).first == accepted.ballot);
                const auto* entry = acceptor_.log().find(k);
                RC_ASSERT(k < acceptor_.log().first() ||
                          (entry != nullptr && entry->ballot == accepted.ballot));
            }
        }
    }
    void check(const Promise& promise) {
        RC_ASSERT(!acceptor_.is_observer());
        RC_ASSERT(promise.ballot == acceptor_.promised());
        const InstanceLog& log = acceptor_.log();
        std::set<InstanceId> reported;
        for (const VoteEntry& entry : promise.votes)
            reported.insert(entry.instance);
        for (InstanceId k = std::max(promise.covered.first, promise.decided_below);
             k < std::min(promise.covered.end, log.end()); k = k.next()) {
            RC_ASSERT(reported.contains(k) == (log.find(k) != nullptr));
        }
        for (const VoteEntry& entry : promise.votes)
            check(entry);
    }
    void check(const Repair& repair) {
        for (const VoteEntry& entry : repair.entries)
            check(entry);
    }
    void check(const VoteEntry& entry) {
        if (entry.decided) {
            RC_ASSERT(text(entry.v_val) == proposed(entry.instance.value(), b(2)));
        } else {
            RC_ASSERT(!acceptor_.is_observer());
            RC_ASSERT(recovered_.votes.at(entry.instance) == std::pair(entry.v_rnd, text(entry.v_val)));
        }
    }
    void check(const Nack& nack) {
        RC_ASSERT(nack.promised > nack.refused || nack.trimmed_below > i(0));
        RC_ASSERT(nack.promised == acceptor_.promised());
    }
    template <typename M>
    void check(const M&) {}

    Acceptor acceptor_;
    Recovered recovered_;
    std::map<std::pair<InstanceId, Ballot>, std::string> first_value_;
    std::string value_;
    Outbox outbox_;
    Time now_ = ms(1);
};

Acceptor::Options small_acceptor() {
    return {.id = a(1), .instances_max = 8, .page_bytes_max = 120, .repair = {}};
}

TEST(AcceptorProperty, AnyMessagesKeepItsInvariantsAndItsPromises) {
    EXPECT_TRUE(rc::check([] {
        const Throwing throwing;
        AnyAcceptor acceptor(small_acceptor());
        Dice d = dice();
        for (int k = 0; k < 300; ++k)
            acceptor.step(d);
    }));
}

TEST(AcceptorProperty, AnObserverNeverPromisesNorVotesWhateverComes) {
    EXPECT_TRUE(rc::check([] {
        const Throwing throwing;
        auto options = small_acceptor();
        options.observer = true;
        AnyAcceptor observer(options);
        Dice d = dice();
        for (int k = 0; k < 300; ++k)
            observer.step(d);
    }));
}

// ---- Learners ------------------------------------------------------------------------------------------

// A true history: three acceptors, a few reigns of rivals, each of which runs phase 1 with some quorum and
// then phase 2 with whoever its messages reach. Every message that anybody sent, in the order of the sending.
class History {
public:
    explicit History(Dice& dice) : dice_(dice) {
        for (unsigned k = 1; k <= 3; ++k) {
            acceptors_.push_back(Acceptor({.id = a(k), .incarnation = Incarnation{k}, .repair = {}}));
        }
        const std::uint64_t reigns = 1 + dice.below(4);
        for (std::uint64_t round = 1; round <= reigns; ++round) {
            reign(b(round, static_cast<std::uint16_t>(1 + dice.below(2))), round == reigns);
        }
    }

    struct Sent {
        Message message;
        Sender from;
    };
    [[nodiscard]] const std::deque<Sent>& all() const { return sent_; }
    // What was chosen in the end: by the last reign, which reached everybody.
    [[nodiscard]] const std::vector<std::string>& chosen() const { return chosen_; }
    // What an acceptor knows at the end.
    std::vector<Sent> repairs() {
        const std::size_t before = sent_.size();
        for (unsigned k = 1; k <= 3; ++k) {
            tell(k, RepairRequest{1 << 20, ranges({{i(0), kInstanceEnd}})}, learner());
        }
        return {sent_.begin() + static_cast<std::ptrdiff_t>(before), sent_.end()};
    }

private:
    void reign(Ballot ballot, bool last) {
        Phase1 phase1(ballot, 3);
        const std::uint64_t left_out = dice_.below(3);
        for (unsigned k = 1; k <= 3; ++k) {
            if (k == left_out + 1) continue;
            for (const Promise& page :
                 sent<Promise>(tell(k, Prepare{ballot, i(0)}, proposer(ballot.proposer.value())))) {
                phase1.add(page);
            }
        }
        RC_ASSERT(phase1.is_complete());
        Reign reign{ballot, phase1.start(), phase1.start()};
        const InstanceId end = std::max(phase1.end(), i(dice_.below(10)));
        std::map<InstanceId, VoteCount> votes;
        for (InstanceId at = phase1.start(); at < end; at = at.next()) {
            const auto* value = phase1.value(at);
            const std::string& kept = keep(value != nullptr    ? text(*value)
                                           : at < phase1.end() ? ""
                                                               : std::to_string(at.value()) + "of" +
                                                                     std::to_string(ballot.round.value()));
            if (last) {
                chosen_.resize(at.value() + 1);
                chosen_[at.value()] = kept;
            }
            const Accept accept{reign, at, v(kept)};
            add(accept, proposer(ballot.proposer.value()));
            for (unsigned k = 1; k <= 3; ++k) {
                if (!last && dice_.chance(50)) continue;  // lost
                for (const Accepted& accepted :
                     sent<Accepted>(tell(k, accept, proposer(ballot.proposer.value())))) {
                    if (accepted.ballot != ballot) continue;
                    for (const Range& range : accepted.voted) {
                        for (InstanceId n = range.first; n < range.end; n = n.next())
                            votes[n].add(a(k), ballot);
                    }
                }
            }
            if (dice_.chance(50)) {
                while (votes[reign.decided_below].is_chosen(Quorum(3)))
                    reign.decided_below = reign.decided_below.next();
            }
            if (dice_.chance(30)) add(Beacon{reign, at.next()}, proposer(ballot.proposer.value()));
            if (dice_.chance(20)) {
                tell(1 + static_cast<unsigned>(dice_.below(3)), RepairRequest{1 << 20, ranges({range(0, 9)})},
                     learner());
            }
            if (dice_.chance(20)) note_decided(Beacon{reign, at.next()}, ballot);
        }
        if (last) {
            for (InstanceId k = i(0); k < phase1.start(); k = k.next()) {
                chosen_.resize(std::max<std::size_t>(chosen_.size(), k.value() + 1));
                if (chosen_[k.value()].empty()) chosen_[k.value()] = decided_value(k);
            }
        }
    }
    void note_decided(const Beacon& beacon, Ballot ballot) {
        for (unsigned k = 1; k <= 3; ++k) {
            if (dice_.chance(50)) tell(k, beacon, proposer(ballot.proposer.value()));
        }
    }
    std::string decided_value(InstanceId k) {
        for (const Acceptor& acceptor : acceptors_) {
            const auto* entry = acceptor.log().find(k);
            if (entry != nullptr && entry->decided) return text(acceptor.log().value(*entry));
        }
        RC_FAIL("nobody holds what is decided");
        return {};
    }

    template <typename M>
    const Outbox& tell(unsigned k, const M& message, const Sender& from) {
        outbox_.clear();
        acceptors_[k - 1].on(message, from, ms(1), outbox_);
        acceptors_[k - 1].flush(ms(1), outbox_);
        acceptors_[k - 1].check_invariants();
        for (const Accepted& accepted : sent<Accepted>(outbox_))
            add(accepted, acceptor(k));
        for (Repair repair : sent<Repair>(outbox_)) {
            for (VoteEntry& entry : repair.entries)
                entry.v_val = v(keep(text(entry.v_val)));
            add(repair, acceptor(k));
        }
        return outbox_;
    }
    template <typename M>
    void add(const M& message, const Sender& from) {
        sent_.push_back({message, from});
    }
    const std::string& keep(std::string value) { return values_.emplace_back(std::move(value)); }

    Dice& dice_;
    std::vector<Acceptor> acceptors_;
    std::deque<std::string> values_;
    std::deque<Sent> sent_;
    std::vector<std::string> chosen_;
    Outbox outbox_;
};

class AnyLearner {
public:
    void hear(const History::Sent& sent) {
        std::visit(
            [&](const auto& message) {
                if constexpr (requires { learner_.on(message, sent.from, now_, outbox_); }) {
                    learner_.on(message, sent.from, now_, outbox_);
                }
            },
            sent.message);
        learner_.check_invariants();
        while (const auto delivery = learner_.front()) {
            RC_ASSERT(delivery->instance == i(delivered_.size()));  // N2
            delivered_.push_back(text(delivery->batch));
            learner_.pop();
            learner_.check_invariants();
        }
        now_ = now_ + milliseconds(1);
        learner_.tick(now_, outbox_);
        learner_.check_invariants();
        outbox_.clear();
    }
    [[nodiscard]] const std::vector<std::string>& delivered() const { return delivered_; }
    [[nodiscard]] const Learner& learner() const { return learner_; }

private:
    Learner learner_{{.id = LearnerId{1}, .log = {.chunk_bytes = 1 << 12}, .repair = {}}};
    Outbox outbox_;
    Time now_ = ms(1);
    std::vector<std::string> delivered_;
};

bool is_prefix(const std::vector<std::string>& x, const std::vector<std::string>& y) {
    return x.size() <= y.size() && std::equal(x.begin(), x.end(), y.begin());
}

TEST(LearnerProperty, WhateverIsLostRepeatedOrReorderedAllDeliverPrefixesOfOneSequence) {
    EXPECT_TRUE(rc::check([] {
        const Throwing throwing;
        Dice d = dice();
        History history(d);
        AnyLearner first;
        AnyLearner second;
        for (AnyLearner* learner : {&first, &second}) {
            for (std::size_t k = 0; k < history.all().size(); ++k) {
                // Mostly near to the order of the sending.
                const std::size_t at = d.chance(70) ? k : d.below(history.all().size());
                if (d.chance(70)) learner->hear(history.all()[at]);
            }
        }
        RC_ASSERT(is_prefix(first.delivered(), history.chosen()));
        RC_ASSERT(is_prefix(second.delivered(), history.chosen()));

        // The rest comes by repair.
        const auto repairs = history.repairs();
        for (AnyLearner* learner : {&first, &second}) {
            for (const History::Sent& sent : repairs)
                learner->hear(sent);
            RC_ASSERT(learner->delivered() == history.chosen());
        }
    }));
}

TEST(LearnerProperty, ACopyThatHearsTheSameStaysTheSame) {
    EXPECT_TRUE(rc::check([] {
        const Throwing throwing;
        Dice d = dice();
        History history(d);
        AnyLearner original;
        auto copy = std::make_unique<AnyLearner>();
        for (std::size_t k = 0; k < 3 * history.all().size(); ++k) {
            if (d.chance(10)) copy = std::make_unique<AnyLearner>(original);
            const History::Sent& sent = history.all()[d.below(history.all().size())];
            original.hear(sent);
            copy->hear(sent);
            RC_ASSERT(original.learner() == copy->learner());
            RC_ASSERT(original.learner().hash() == copy->learner().hash());
        }
    }));
}

}  // namespace
}  // namespace synod::test

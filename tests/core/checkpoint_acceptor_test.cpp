// Acceptors that keep the table of what they forget, and fetch it from each other.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/core_test.hpp"
#include "synod/core/acceptor.hpp"

namespace synod::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint32_t kTwoEntries = 2 * 24;

class CheckpointAcceptorTest : public testing::Test {
protected:
    static Acceptor::Options options(unsigned id) {
        return {.id = a(id),
                .incarnation = Incarnation{id},
                .history_bytes = 256 << 10,
                .page_bytes_max = kTwoEntries,
                .repair = {}};
    }
    template <typename M>
    const Outbox& step(Acceptor& role, const M& message, const Sender& from) {
        outbox_.clear();
        role.on(message, from, now_, outbox_);
        role.flush(now_, outbox_);
        role.check_invariants();
        return outbox_;
    }
    // Instance k: the k-th piece of session k % 4 + 1, large.
    std::vector<std::byte> batch(std::uint64_t k) const { return run_of(s(k % 4 + 1), k / 4, {large_}); }
    // Proposed, and decided by the reign's next 2A.
    void propose(Acceptor& role, std::uint64_t first, std::uint64_t end) {
        for (std::uint64_t k = first; k < end; ++k) {
            step(role, Accept{{b(1), i(0), i(k)}, i(k), batch(k)}, proposer());
        }
    }
    Sessions sessions_after(std::uint64_t end) const {
        Sessions sessions;
        for (std::uint64_t k = 0; k < end; ++k)
            sessions.take_all(batch(k));
        return sessions;
    }
    // For a tenth of a second, or longer when it waits: what `asking` sends is answered by `serving`.
    void serve(Acceptor& asking, Acceptor& serving, unsigned asking_id, unsigned serving_id) {
        for (int k = 0; k < 100; ++k) {
            now_ = std::max(now_, std::min(asking.deadline(), now_ + milliseconds(1)));
            outbox_.clear();
            asking.tick(now_, outbox_);
            const Outbox asked = outbox_;
            for (const Send& send : asked.sends) {
                if (const auto* repair = std::get_if<RepairRequest>(&send.message)) {
                    deliver(step(serving, *repair, acceptor(asking_id)), asking, serving_id);
                } else if (const auto* request = std::get_if<CheckpointRequest>(&send.message)) {
                    deliver(step(serving, *request, acceptor(asking_id)), asking, serving_id);
                }
            }
        }
    }
    void deliver(const Outbox& answers, Acceptor& asking, unsigned serving_id) {
        const Outbox copy = answers;
        for (const auto& repair : sent<Repair>(copy))
            step(asking, repair, acceptor(serving_id));
        for (const auto& page : sent<Checkpoint>(copy)) {
            for (const auto& record : stable<TrimRecord>(step(asking, page, acceptor(serving_id)))) {
                trims_.push_back(record.trimmed_below);
            }
        }
    }

    std::string large_ = std::string(16 << 10, 'x');
    Acceptor first_{options(1)};
    Acceptor second_{options(2)};
    Outbox outbox_;
    std::vector<InstanceId> trims_;
    Time now_ = ms(1000);
};

TEST_F(CheckpointAcceptorTest, ItsTableIsThatOfAllThatIsDecidedAlsoOfWhatIsForgotten) {
    propose(first_, 0, 200);
    ASSERT_GT(first_.trimmed_below(), i(150));
    EXPECT_EQ(first_.sessions_below(), i(199));
    EXPECT_EQ(first_.sessions(), sessions_after(199));
}

TEST_F(CheckpointAcceptorTest, WhatIsForgottenBeforeTheFlushIsInTheTableToo) {
    for (std::uint64_t k = 0; k < 200; ++k) {
        first_.on(Accept{{b(1), i(0), i(k)}, i(k), batch(k)}, proposer(), now_, outbox_);
        first_.check_invariants();
    }
    ASSERT_GT(first_.trimmed_below(), i(150));
    first_.flush(now_, outbox_);
    EXPECT_EQ(first_.sessions(), sessions_after(199));
}

TEST_F(CheckpointAcceptorTest, WhatIsDecidedAboveAHoleIsNotInTheTable) {
    propose(first_, 0, 3);
    propose(first_, 4, 8);
    EXPECT_EQ(first_.sessions_below(), i(3));
    EXPECT_EQ(first_.sessions(), sessions_after(3));
    step(first_, Repair{a(2), i(0), i(8), true, {{i(3), Ballot{}, true, batch(3)}}}, acceptor(2));
    EXPECT_EQ(first_.sessions(), sessions_after(7));
}

// It was away for longer than the others remember.
TEST_F(CheckpointAcceptorTest, AHoleThatTheOthersHaveForgottenIsGivenUpWithTheirTable) {
    propose(first_, 0, 200);
    propose(second_, 0, 5);
    propose(second_, 195, 200);
    ASSERT_EQ(second_.log().decided_below(), i(5));
    serve(second_, first_, 2, 1);
    EXPECT_EQ(second_.log().decided_below(), i(199));
    EXPECT_EQ(second_.trimmed_below(), first_.trimmed_below());
    EXPECT_EQ(second_.sessions(), sessions_after(199));
    EXPECT_EQ(trims_, std::vector{first_.trimmed_below()});
    propose(second_, 200, 210);
    EXPECT_EQ(second_.sessions(), sessions_after(209));
}

TEST_F(CheckpointAcceptorTest, WithoutTheirTableNothingIsGivenUp) {
    propose(first_, 0, 5);
    propose(first_, 195, 200);
    const auto& outbox = step(first_, Repair{a(2), i(100), i(200), true, {}}, acceptor(2));
    EXPECT_EQ(first_.trimmed_below(), i(0));
    EXPECT_THAT(outbox.stable, IsEmpty());
    ASSERT_THAT(sent<CheckpointRequest>(outbox), SizeIs(1));
    EXPECT_EQ(destinations<CheckpointRequest>(outbox)[0].endpoint, acceptor(2).endpoint);
    EXPECT_EQ(first_.sessions(), sessions_after(5));
}

// Few may hold it besides us.
TEST_F(CheckpointAcceptorTest, WhatTheOthersStillHaveIsNotGivenUpWithTheHoleBelow) {
    step(second_, Accept{{b(1), i(0), i(0)}, i(198), batch(198)}, proposer());
    propose(first_, 0, 199);
    step(second_, Beacon{{b(1), i(0), i(198)}, i(199)}, proposer());
    step(second_, Repair{a(1), i(100), i(198), true, {}}, acceptor(1));
    // The checkpoint lies above the vote.
    step(second_, Checkpoint{a(1), i(199), {}, true, {{s(1), p(1)}}}, acceptor(1));
    EXPECT_EQ(second_.trimmed_below(), i(100));
    EXPECT_EQ(second_.sessions_below(), i(199));
    ASSERT_NE(second_.log().find(i(198)), nullptr);
    outbox_.clear();
    second_.on(Prepare{b(2, 2), i(0)}, proposer(2), now_, outbox_);
    ASSERT_THAT(sent<Promise>(outbox_), SizeIs(1));
    EXPECT_THAT(sent<Promise>(outbox_)[0].votes, SizeIs(1));
}

// One acceptor has forgotten much, another answers that lags behind: from there on the first may help, or
// not.
TEST_F(CheckpointAcceptorTest, ACheckpointBelowTheTrimOfAnotherIsAStepOnTheWay) {
    step(first_, Beacon{{b(1), i(0), i(200)}, i(200)}, proposer());
    step(first_, Repair{a(2), i(150), i(200), true, {}}, acceptor(2));
    step(first_, Checkpoint{a(3), i(50), {}, true, {{s(1), p(1)}}}, acceptor(3));
    EXPECT_EQ(first_.trimmed_below(), i(50));
    EXPECT_EQ(first_.sessions_below(), i(50));
    now_ = first_.deadline();
    outbox_.clear();
    first_.tick(now_, outbox_);
    EXPECT_THAT(sent<CheckpointRequest>(outbox_), SizeIs(1)) << "50 is below 150, too";
}

TEST_F(CheckpointAcceptorTest, ACheckpointNeverTakesItBack) {
    step(first_, Beacon{{b(1), i(0), i(200)}, i(200)}, proposer());
    step(first_, Repair{a(2), i(150), i(200), true, {}}, acceptor(2));
    step(first_, Checkpoint{a(2), i(2), {}, false, {{s(1), p(1)}}}, acceptor(2));
    Repair repair{a(2), i(0), i(200), true, {}};
    std::vector<std::vector<std::byte>> batches;
    for (std::uint64_t k = 0; k < 5; ++k)
        batches.push_back(batch(k));
    for (std::uint64_t k = 0; k < 5; ++k)
        repair.entries.push_back({i(k), Ballot{}, true, batches[k]});
    step(first_, repair, acceptor(2));
    step(first_, Checkpoint{a(2), i(2), s(1).next(), true, {{s(2), p(1)}}}, acceptor(2));
    EXPECT_EQ(first_.sessions_below(), i(5));
    EXPECT_EQ(first_.sessions(), sessions_after(5));
}

TEST_F(CheckpointAcceptorTest, AnObserverThatStartsLateServesTheTableToo) {
    auto observer = options(2);
    observer.observer = true;
    second_ = Acceptor(observer);
    propose(first_, 0, 200);
    step(second_, Beacon{{b(1), i(0), i(199)}, i(200)}, proposer());
    serve(second_, first_, 2, 1);
    EXPECT_EQ(second_.sessions(), sessions_after(199));
    const auto& outbox = step(second_, CheckpointRequest{}, proposer());
    ASSERT_THAT(sent<Checkpoint>(outbox), SizeIs(1));
    EXPECT_EQ(sent<Checkpoint>(outbox)[0].at, i(199));
    EXPECT_EQ(destinations<Checkpoint>(outbox), std::vector{to(proposer())});
}

TEST_F(CheckpointAcceptorTest, ItsTableIsPartOfItsState) {
    Acceptor copy = first_;
    EXPECT_EQ(copy, first_);
    propose(copy, 0, 2);
    Acceptor other = first_;
    propose(other, 0, 2);
    EXPECT_EQ(copy, other);
    EXPECT_EQ(copy.hash(), other.hash());
    step(copy, CheckpointRequest{}, proposer());
    EXPECT_FALSE(copy == other);
    now_ = ms(3000);
    copy.tick(now_, outbox_);
    other.tick(now_, outbox_);
    EXPECT_EQ(copy, other) << "the copy is given back";
}

}  // namespace
}  // namespace synod::test

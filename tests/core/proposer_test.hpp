#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "core/core_test.hpp"
#include "synod/core/proposer.hpp"

namespace synod::test {

// One proposer of three acceptors, and what is said to it.
class ProposerTest : public testing::Test {
protected:
    static Proposer::Options options() {
        return {.id = ProposerId{1},
                .incarnation = kLife,
                .batch = {.bytes_max = 1000},
                .admission = {},
                .flow = {},
                .leadership = {.oracle = Oracle::none},
                .log = {.chunk_bytes = 4096},
                .repair = {}};
    }
    void restart(const Proposer::Options& with) { proposer_ = Proposer(with, now_); }

    // Each step's effects stand in outbox_, those of the flush after it included.
    template <typename M>
    void step(const M& message, const Sender& from) {
        outbox_.clear();
        proposer_.on(message, from, now_, outbox_);
        proposer_.check_invariants();
        proposer_.flush(now_, outbox_);
        proposer_.check_invariants();
    }
    void tick_at(Time now) {
        now_ = std::max(now_, now);
        outbox_.clear();
        proposer_.tick(now_, outbox_);
        proposer_.check_invariants();
    }
    // Lets time pass until there is an M among what it sends.
    template <typename M>
    std::vector<M> wait_for() {
        for (int k = 0; k < 300; ++k) {
            tick_at(proposer_.deadline());
            if (!sent<M>(outbox_).empty()) break;
        }
        return sent<M>(outbox_);
    }

    struct Answer {
        std::uint64_t decided_below = 0;
        std::vector<VoteEntry> votes;
        Range covered{i(0), kInstanceEnd};
    };
    void promise(unsigned from, Ballot ballot, const Answer& answer) {
        step(Promise{a(from), Incarnation{from}, ballot, answer.covered, i(answer.decided_below), i(0),
                     answer.votes},
             acceptor(from));
    }
    void promise(unsigned from, const Answer& answer) { promise(from, proposer_.ballot(), answer); }
    void promise(unsigned from) { promise(from, Answer{}); }
    static VoteEntry vote(std::uint64_t instance, Ballot v_rnd, std::string_view v_val) {
        return {i(instance), v_rnd, false, v(v_val)};
    }
    static VoteEntry decided(std::uint64_t instance, std::string_view v_val) {
        return {i(instance), Ballot{}, true, v(v_val)};
    }

    // An attempt in b(6), above ballots of others.
    void attempt() {
        step(Nack{a(1), b(1), b(5, 2), i(0)}, acceptor(1));
        ASSERT_THAT(wait_for<Prepare>(), testing::SizeIs(1));
        ASSERT_EQ(proposer_.ballot(), b(6));
    }
    // From the start to a reign over an empty log.
    void lead() {
        ASSERT_THAT(wait_for<Prepare>(), testing::SizeIs(1));
        promise(1);
        promise(2);
        ASSERT_TRUE(proposer_.is_leading());
    }
    void submit(const std::vector<std::byte>& run, unsigned from = 0) { step(Submit{run}, client(from)); }
    void submit(std::uint64_t first, const std::vector<std::string>& pieces) {
        submit(run_of(s(1), first, pieces));
    }

    void voted(unsigned from, Ballot ballot, std::initializer_list<Range> instances, std::uint64_t seen = 0) {
        if (seen == 0 && instances.size() > 0) seen = std::prev(instances.end())->end.value();
        step(Accepted{a(from), ballot, i(0), i(seen), 1 << 20, ranges(instances)}, acceptor(from));
    }
    void voted(unsigned from, Range instances) { voted(from, proposer_.ballot(), {instances}); }
    void decide(Range instances) {
        voted(1, instances);
        voted(2, instances);
    }

    // The 2As of the last step: "instance:text of the pieces".
    [[nodiscard]] std::vector<std::string> proposed() const {
        std::vector<std::string> found;
        for (const Accept& accept : sent<Accept>(outbox_)) {
            EXPECT_EQ(accept.reign.ballot, proposer_.ballot());
            std::string line = std::to_string(accept.instance.value()) + "=";
            const auto pieces = pieces_of(accept.v_val);
            for (const std::string& piece : pieces)
                line += piece + " ";
            if (pieces.empty() && !accept.v_val.empty()) line += text(accept.v_val);
            found.push_back(line);
        }
        return found;
    }
    [[nodiscard]] std::vector<Ack> acks() const { return sent<Ack>(outbox_); }

    Time now_ = ms(10);
    Proposer proposer_{options(), ms(10)};
    Outbox outbox_;
};

}  // namespace synod::test

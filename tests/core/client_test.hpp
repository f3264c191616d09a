#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/core_test.hpp"
#include "synod/core/client.hpp"

namespace synod::test {

// A client with a leader, what it is told and what it sends.
class ClientTest : public testing::Test {
protected:
    static Client::Options options() {
        return {.session = s(1), .run_bytes_max = 200, .buffer_bytes_max = 1000, .credit_first = 1000};
    }

    void SetUp() override { ack({}); }  // there is a leader

    bool write(std::string_view value) { return client_.write(v(value), true, now_).all; }
    // What a flush sends: the pieces of each run.
    std::vector<std::vector<std::string>> flush() {
        outbox_.clear();
        client_.tick(now_, outbox_);
        client_.check_invariants();
        to_ = destinations<Submit>(outbox_);
        std::vector<std::vector<std::string>> runs;
        for (const Submit& submit : sent<Submit>(outbox_)) {
            EXPECT_TRUE(read_single_run(submit.run));
            runs.push_back(pieces_of(submit.run));
        }
        return runs;
    }
    static Destination at(const Sender& leader) {
        return Destination::to_process_or_group(leader.endpoint, Role::proposer);
    }
    struct Said {
        std::uint64_t next = 0;
        std::uint64_t admitted = 0;
        std::uint64_t gap_end = 0;
        std::uint32_t credit = 1000;
        Ballot ballot = b(1);
    };
    void ack(const Said& said) {
        outbox_.clear();
        client_.on(Ack{s(1), p(said.next), p(said.admitted), p(said.gap_end), said.credit, said.ballot},
                   proposer(), now_, outbox_);
        client_.check_invariants();
    }
    void reign_begins(Ballot ballot) {
        client_.on(Beacon{{ballot, i(0), i(0)}, i(0)}, proposer(ballot.proposer.value()), now_, outbox_);
        client_.check_invariants();
    }
    // Writes n values "0", "1"... each a run of its own, and sends them.
    void send_runs(unsigned n) {
        for (unsigned k = 0; k < n; ++k) {
            ASSERT_TRUE(write(std::to_string(k)));
            now_ = now_ + microseconds(200);
            flush();
        }
    }

    // Until nobody has answered for so long that it sends again what may be lost: the leader was asked
    // before.
    std::vector<std::vector<std::string>> flush_unanswered() {
        now_ = client_.deadline();
        EXPECT_EQ(flush().size(), 1u);
        EXPECT_THAT(to_, testing::ElementsAre(at(proposer())));
        now_ = client_.deadline();
        return flush();
    }

    // Sends values one after the other; how many runs it sends again.
    std::size_t learn_round_trip(Duration round_trip) {
        std::size_t again = 0;
        for (std::uint64_t n = 1; n <= 100; ++n) {
            EXPECT_TRUE(write("x"));
            flush();
            const Time answered = now_ + round_trip;
            while (client_.deadline() < answered) {
                now_ = client_.deadline();
                again += flush().size();
            }
            now_ = answered;
            ack({.next = n, .admitted = n});
        }
        return again;
    }

    std::vector<Destination> to_;  // where the last flush sent its runs
    Client client_{options()};
    Outbox outbox_;
    Time now_ = ms(10);
};

}  // namespace synod::test

#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/core_test.hpp"
#include "synod/core/acceptor.hpp"

namespace synod::test {

// One acceptor, the first of three, and what is said to it.
class AcceptorTest : public testing::Test {
protected:
    static Acceptor::Options options() { return {.id = a(1), .incarnation = Incarnation{11}, .repair = {}}; }

    // One step and the flush after it; the outbox holds both.
    template <typename M>
    const Outbox& step(const M& message, const Sender& from) {
        outbox_.clear();
        acceptor_.on(message, from, now_, outbox_);
        acceptor_.flush(now_, outbox_);
        acceptor_.check_invariants();
        return outbox_;
    }
    const Outbox& prepare(Ballot ballot, InstanceId first = i(0)) {
        return step(Prepare{ballot, first}, proposer(ballot.proposer.value()));
    }
    // `reign`: of the ballot, what it says to be decided.
    const Outbox& accept(Ballot ballot, std::uint64_t instance, std::string_view value,
                         Range reign = range(0, 0)) {
        return step(Accept{{ballot, reign.first, reign.end}, i(instance), v(value)},
                    proposer(ballot.proposer.value()));
    }
    const Outbox& beacon(Ballot ballot, Range reign, std::uint64_t next) {
        return step(Beacon{{ballot, reign.first, reign.end}, i(next)}, proposer(ballot.proposer.value()));
    }
    const Outbox& tick_at(Time now) {
        now_ = now;
        outbox_.clear();
        acceptor_.tick(now, outbox_);
        acceptor_.check_invariants();
        return outbox_;
    }
    const Outbox& learn_decided(std::uint64_t instance, std::string_view value) {
        return step(Repair{a(2), i(0), i(0), true, {{i(instance), Ballot{}, true, v(value)}}}, acceptor(2));
    }

    // What it answers.
    Promise promise(Ballot ballot, InstanceId first = i(0)) {
        const auto pages = sent<Promise>(prepare(ballot, first));
        EXPECT_THAT(pages, testing::SizeIs(1));
        return pages.at(0);
    }
    std::vector<VoteEntry> served(Range wanted) {
        std::vector<VoteEntry> entries;
        for (const Repair& page : sent<Repair>(step(RepairRequest{1 << 20, ranges({wanted})}, learner()))) {
            entries.insert(entries.end(), page.entries.begin(), page.entries.end());
        }
        return entries;
    }
    // The 2B of the last step.
    [[nodiscard]] Accepted accepted() const {
        const auto messages = sent<Accepted>(outbox_);
        EXPECT_THAT(messages, testing::SizeIs(1));
        return messages.at(0);
    }
    [[nodiscard]] Nack nack() const {
        const auto messages = sent<Nack>(outbox_);
        EXPECT_THAT(messages, testing::SizeIs(1));
        return messages.at(0);
    }
    [[nodiscard]] std::string value(std::uint64_t instance) const {
        const auto* entry = acceptor_.log().find(i(instance));
        return entry == nullptr ? "(none)" : text(acceptor_.log().value(*entry));
    }
    [[nodiscard]] bool decided(std::uint64_t instance) const {
        const auto* entry = acceptor_.log().find(i(instance));
        return entry != nullptr && entry->decided;
    }

    Acceptor acceptor_{options()};
    Outbox outbox_;
    Time now_ = ms(1000);
};

}  // namespace synod::test

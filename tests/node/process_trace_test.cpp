#include "synod/node/process_trace.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "synod/trace/compact.hpp"

namespace synod::node {
namespace {

using trace::Event;
using trace::Kind;

constexpr std::uint64_t kCluster = 1;
constexpr std::uint64_t kRun = 2;
constexpr Endpoint kProposer{0x7f000001, 4000};

class Nowhere : public host::Transport {
public:
    void send(Destination, Bytes, Bytes) override { ++sent; }
    void flush() override {}
    int sent = 0;
};

// An acceptor whose trace is written.
class ProcessTraceTest : public testing::Test {
protected:
    ProcessTraceTest() {
        host_.add(Acceptor::Options{.id = AcceptorId{1}, .incarnation = Incarnation{9}});
        trace_.start(host_, "");
    }
    ~ProcessTraceTest() override { std::filesystem::remove(path_); }

    // What a proposer sends next.
    std::vector<std::byte> datagram(const Message& message) {
        wire::Scratch scratch;
        const wire::Encoded encoded = proposer_.encode(message, scratch);
        std::vector<std::byte> bytes(encoded.head.begin(), encoded.head.end());
        bytes.insert(bytes.end(), encoded.body.begin(), encoded.body.end());
        return bytes;
    }
    std::vector<std::byte> proposal(std::uint64_t instance) {
        return datagram(Accept{{ballot_, InstanceId{}, InstanceId{}}, InstanceId{instance}, {}});
    }
    std::vector<Event> written() {
        trace_.stepped();
        std::ifstream in(path_);
        return trace::read_compact(in);
    }

    std::string path_ = std::filesystem::temp_directory_path() / ("synod-trace-" + std::to_string(getpid()));
    Ballot ballot_{Round{1}, ProposerId{1}, Incarnation{7}};
    wire::Encoder proposer_{{kCluster, kRun, Role::proposer, 1, Incarnation{7}}};
    Nowhere network_;
    ProcessTrace trace_{path_, {{Role::acceptor, 1, false}, kCluster, kRun, 3}, network_, nullptr};
    host::Host host_{
        {.cluster = kCluster, .run = kRun, .acceptors = 3, .incarnation = Incarnation{9}}, trace_, nullptr};
};

TEST_F(ProcessTraceTest, TellsAVoteInTheOrderOfItsParts) {
    trace_.receive(proposal(0), kProposer, Time{});
    host_.flush(Time{});
    std::vector<Kind> kinds;
    for (const Event& event : written())
        kinds.push_back(event.kind);
    EXPECT_EQ(kinds,
              (std::vector<Kind>{Kind::started, Kind::received, Kind::promised, Kind::accepted, Kind::sent}));
    EXPECT_EQ(network_.sent, 1);
}

TEST_F(ProcessTraceTest, NumbersADatagramAsEverybodyElseDoesWhoGetsIt) {
    const auto sent = proposal(0);
    trace_.receive(sent, kProposer, Time{});
    trace_.lost(sent);
    trace_.lost(proposal(1));
    const auto events = written();
    const auto number_of = [&](Kind kind) {
        return std::find_if(events.begin(), events.end(), [&](const Event& e) { return e.kind == kind; })
            ->message;
    };
    EXPECT_EQ(number_of(Kind::received), number_of(Kind::lost));
    EXPECT_NE(number_of(Kind::lost), events.back().message);
    EXPECT_EQ(events.back().peer, (trace::Who{Role::proposer, 1, false}));
}

TEST_F(ProcessTraceTest, FallsSilentWhenItHasToldEnoughAndTheProcessGoesOn) {
    for (std::uint64_t k = 0; k < ProcessTrace::kEventsMax; ++k)
        trace_.receive(proposal(0), kProposer, Time{});
    trace_.receive(proposal(1), kProposer, Time{});
    host_.flush(Time{});
    EXPECT_EQ(written().size(), ProcessTrace::kEventsMax);
    EXPECT_NE(host_.role<Acceptor>()->log().find(InstanceId{1}), nullptr);
}

TEST_F(ProcessTraceTest, WhatCannotBeReadIsNoEvent) {
    const std::vector<std::byte> garbage(100, std::byte{1});
    trace_.receive(garbage, kProposer, Time{});
    trace_.lost(garbage);
    EXPECT_EQ(written().size(), 1U);
    EXPECT_EQ(host_.decoder().refused().total(), 1U);
}

}  // namespace
}  // namespace synod::node

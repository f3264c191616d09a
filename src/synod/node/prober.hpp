#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "synod/core/message.hpp"
#include "synod/net/network.hpp"
#include "synod/node/poller.hpp"
#include "synod/wire/codec.hpp"

namespace synod::node {

// What the processes of a cluster answered, by their ids.
struct Answers {
    std::map<std::uint16_t, ProposerReport> proposers;
    std::map<std::uint16_t, AcceptorReport> acceptors;
    std::map<std::uint16_t, LearnerReport> learners;
};

// Whom a prober asks.
struct ProbedCluster {
    std::string name;       // see Options::cluster
    std::uint64_t run = 0;  // which life of it
    unsigned acceptors = 3;
    std::string interface = "lo";
    // Addresses of processes or groups: all processes hear at one of them.
    std::vector<net::Address> inquire_at;
};

// Asks the processes of a cluster how they are. It has no part in the cluster itself.
class Prober {
public:
    // Throws net::Error.
    explicit Prober(const ProbedCluster& cluster);

    // Asks all of them, several times, since datagrams are lost, and hears the answers for as long. Ends
    // early when the poller is told to stop.
    [[nodiscard]] Answers ask(Poller& poller);

private:
    void send_request();
    void take(Bytes datagram, Answers& answers);

    std::vector<net::Address> inquire_at_;
    net::Network network_;
    wire::Encoder encoder_;
    wire::Decoder decoder_;
    wire::Scratch scratch_;
    std::uint64_t number_ = 0;
    std::uint64_t first_number_ = 0;  // of this round: answers to older requests are old
};

}  // namespace synod::node

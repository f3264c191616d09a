#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <utility>

#include "synod/core/endpoint.hpp"
#include "synod/core/message.hpp"
#include "synod/net/network.hpp"
#include "synod/node/options.hpp"
#include "synod/node/poller.hpp"
#include "synod/wire/codec.hpp"

namespace synod::node {

// What the processes of a cluster answered, by their ids.
struct Answers {
    std::map<std::uint16_t, ProposerReport> proposers;
    std::map<std::uint16_t, AcceptorReport> acceptors;
    std::map<std::uint16_t, LearnerReport> learners;
};

// Asks the processes of a cluster how they are. It has no part in the cluster itself.
class Prober {
public:
    // `run`: the life of the cluster that is asked. Throws net::Error.
    Prober(const Options& options, std::uint64_t run);

    // Asks all groups, several times, since datagrams are lost, and hears the answers for as long. Ends early
    // when the poller is told to stop.
    [[nodiscard]] Answers ask(Poller& poller);

private:
    void send_request();
    void take(Bytes datagram, Answers& answers);

    std::array<Endpoint, kRoles> groups_;
    net::Network network_;
    wire::Encoder encoder_;
    wire::Decoder decoder_;
    wire::Scratch scratch_;
    std::uint64_t number_ = 0;
    std::uint64_t first_number_ = 0;  // of this round: answers to older requests are old
};

}  // namespace synod::node

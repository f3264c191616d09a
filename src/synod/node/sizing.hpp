#pragma once

#include <cstddef>
#include <cstdint>

#include "synod/host/host.hpp"
#include "synod/node/options.hpp"

namespace synod::node {

constexpr unsigned kBuffersAtOnce = 16;  // drained from a socket before what came of them is sent

// Fits the roles to the network: how large datagrams are and how much may be under way.
class Sizing {
public:
    Sizing(std::uint32_t mtu, std::size_t receive_buffer_bytes, const Options& options);

    // Gives the process the role, which may be that of an acceptor that only observes.
    void seat(host::Host& host, Role role, Incarnation incarnation, bool observes, Time now) const;

private:
    [[nodiscard]] Acceptor::Options acceptor(Incarnation incarnation, bool observer,
                                             std::uint64_t seed) const;
    [[nodiscard]] Proposer::Options proposer(Incarnation incarnation, std::uint64_t seed) const;
    [[nodiscard]] Learner::Options learner(std::uint64_t seed) const;
    [[nodiscard]] Client::Options client(SessionId session) const;
    [[nodiscard]] GapRepair::Options repair(std::uint64_t seed) const;

    const Options& options_;
    std::uint32_t window_bytes_;
    std::uint32_t batch_bytes_;
};

}  // namespace synod::node

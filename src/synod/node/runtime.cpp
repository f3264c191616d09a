#include "synod/node/runtime.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "synod/node/clock.hpp"
#include "synod/node/failure.hpp"
#include "synod/node/peer_transport.hpp"
#include "synod/node/random_bits.hpp"
#include "synod/node/sizing.hpp"
#include "synod/node/udp_transport.hpp"

namespace synod::node {

namespace {

RunEntry run_entry(const RuntimeOptions& options) {
    const bool votes =
        std::find(options.roles.begin(), options.roles.end(), Role::acceptor) != options.roles.end();
    return {.base = options.run_directory,
            .cluster = options.cluster,
            .fixed_run = options.run,
            .role = "server",
            .id = options.id,
            .leaves_mark = votes};
}

net::NetworkOptions network_options(const RuntimeOptions& options) {
    net::NetworkOptions network;
    network.interface = net::interface_of(options.address.ip);
    network.local = options.address;
    network.receive_buffer_bytes = options.receive_buffer_bytes;
    if (options.group) network.groups.push_back(*options.group);
    return network;
}

// Every server has every role, so one group does for all of them.
std::unique_ptr<host::Transport> transport_of(const RuntimeOptions& options, net::Network& network) {
    if (!options.group) return std::make_unique<PeerTransport>(network, options.peers);
    std::array<Endpoint, kRoles> groups;
    groups.fill(to_endpoint(*options.group));
    return std::make_unique<UdpTransport>(network, groups);
}

host::Host::Options host_options(const RuntimeOptions& options, std::uint64_t run, Incarnation incarnation) {
    return {.cluster = cluster_hash(options.cluster),
            .run = run,
            .acceptors = options.acceptors,
            .incarnation = incarnation,
            .pid = static_cast<std::uint32_t>(::getpid())};
}

Options role_options(const RuntimeOptions& options) {
    Options role;
    role.id = options.id;
    role.acceptors = options.acceptors;
    role.history_bytes = options.history_bytes;
    role.snapshots = options.snapshots;
    role.leader = options.leader;
    return role;
}

}  // namespace

// The network comes first: who cannot have its address must not leave a mark.
Runtime::Runtime(const RuntimeOptions& options, host::DeliverySink* sink)
    : servers_(options.peers),
      network_(network_options(options)),
      run_directory_(RunDirectory::enter(run_entry(options))),
      transport_(transport_of(options, network_)),
      poller_(Poller::Signals::left),
      incarnation_(random_bits()),
      host_(host_options(options, run_directory_.run(), incarnation_), *transport_, sink),
      name_(fmt::format("server {}", options.id)) {
    servers_.push_back(options.address);
    const Options role = role_options(options);
    const Sizing sizing(network_.mtu(), network_.receive_buffer_bytes(), role);
    for (const Role each : options.roles)
        sizing.seat(host_, each, incarnation_, observes(), now());
    for (const int fd : network_.descriptors())
        poller_.add(fd);
}

void Runtime::start() {
    host_.start(now());
}

Time Runtime::receive(Time until) {
    readable_ = poller_.wait(now(), std::min(until, deadline()));
    const Time at = now();
    const auto own = network_.descriptors();
    for (const int fd : readable_) {
        if (std::find(own.begin(), own.end(), fd) == own.end()) continue;
        network_.drain(fd, kBuffersAtOnce,
                       [&](Bytes datagram, net::Address from) { hear(datagram, from, at); });
    }
    return at;
}

void Runtime::hear(Bytes datagram, net::Address from, Time now) {
    if (std::find(servers_.begin(), servers_.end(), from) != servers_.end())
        host_.receive(datagram, to_endpoint(from), now);
    else
        host_.receive_from_stranger(datagram, to_endpoint(from), now);
}

bool Runtime::is_readable(int fd) const noexcept {
    return std::find(readable_.begin(), readable_.end(), fd) != readable_.end();
}

void Runtime::step(Time now) {
    if (now >= host_.deadline()) host_.tick(now);
    host_.flush(now);
}

std::optional<std::string> Runtime::failure(Time now) {
    return failure_of(host_, name_, now);
}

std::optional<std::string> Runtime::taken() const {
    return node::taken(host_, name_);
}

}  // namespace synod::node

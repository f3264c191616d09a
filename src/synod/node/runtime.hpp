#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "synod/core/oracle.hpp"
#include "synod/host/host.hpp"
#include "synod/net/network.hpp"
#include "synod/node/poller.hpp"
#include "synod/node/run_directory.hpp"

namespace synod::node {

struct RuntimeOptions {
    std::uint16_t id = 0;  // of each of its roles
    std::vector<Role> roles{Role::client, Role::proposer, Role::acceptor, Role::learner};
    net::Address address;             // of its one socket
    std::vector<net::Address> peers;  // the other servers
    // What is for several servers is sent to this group, which they all join; else to each of them.
    std::optional<net::Address> group;
    unsigned acceptors = 3;  // among all servers; theirs are the ids from 1 on

    std::string cluster;               // its name, the same at every server
    std::optional<std::uint64_t> run;  // when servers are on several hosts; else the run directory draws it
    std::string run_directory;         // see RunEntry::base
    std::uint64_t history_bytes = std::uint64_t{256} << 20;
    bool snapshots = false;  // servers give each other snapshots of what they have delivered
    std::uint64_t receive_buffer_bytes = std::uint64_t{8} << 20;
    OracleOptions leader;
};

// Any set of roles in one loop, on one UDP socket (and that of the group). Whoever drives it, a thread of its
// own or a loop that has other things to do, calls by turns receive() and step(). It takes no signal, prints
// nothing and never ends the process. It hears the servers, from their addresses, and nobody else.
class Runtime {
public:
    // Throws net::Error, RunDirectoryError, AlreadyRunning, std::system_error. `sink` outlives it, and may be
    // null without a learner.
    Runtime(const RuntimeOptions& options, host::DeliverySink* sink);

    void start();
    // Waits until something has come, a role has something to do, or `until`; hears what has come. Returns
    // the time.
    Time receive(Time until);
    // Lets the roles act, and sends what they say.
    void step(Time now);

    // Has receive() end its wait when the descriptor is readable. Whoever is behind it makes it quiet again.
    void watch(int fd) { poller_.add(fd); }
    // Whether it was when receive() returned.
    [[nodiscard]] bool is_readable(int fd) const noexcept;
    // For a loop of somebody else's: to be polled for reading, and the time of the next receive() at the
    // latest.
    [[nodiscard]] int fd() const noexcept { return poller_.fd(); }
    [[nodiscard]] Time deadline() const noexcept { return host_.deadline(); }

    [[nodiscard]] host::Host& host() noexcept { return host_; }
    // Which life of the cluster this is (see run_directory.hpp).
    [[nodiscard]] std::uint64_t run() const noexcept { return run_directory_.run(); }
    // Its acceptor lived in this run before, and its votes died with it: it serves, and never votes.
    [[nodiscard]] bool observes() const noexcept { return !run_directory_.first_life(); }
    // Why it cannot go on.
    [[nodiscard]] std::optional<std::string> failure(Time now);
    // Of these reasons the one that is none of its learner's.
    [[nodiscard]] std::optional<std::string> taken() const;
    [[nodiscard]] const net::Network& network() const noexcept { return network_; }

private:
    void hear(Bytes datagram, net::Address from, Time now);

    std::vector<net::Address> servers_;  // this one among them
    net::Network network_;
    RunDirectory run_directory_;
    std::unique_ptr<host::Transport> transport_;
    Poller poller_;
    std::span<const int> readable_;  // the poller's
    Incarnation incarnation_;
    host::Host host_;
    std::string name_;
};

}  // namespace synod::node

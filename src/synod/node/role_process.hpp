#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "synod/host/host.hpp"
#include "synod/net/faulty_arrival.hpp"
#include "synod/net/network.hpp"
#include "synod/node/input.hpp"
#include "synod/node/options.hpp"
#include "synod/node/output.hpp"
#include "synod/node/poller.hpp"
#include "synod/node/process_trace.hpp"
#include "synod/node/report.hpp"
#include "synod/node/rest.hpp"
#include "synod/node/run_directory.hpp"
#include "synod/node/stamps.hpp"
#include "synod/node/udp_transport.hpp"
#include "synod/node/watch.hpp"

namespace synod::node {

// One role as a process: the host, its sockets, its clock, its input or output, in one loop on one thread
// that blocks when there is nothing to do.
class RoleProcess {
public:
    // Throws what opening throws: net::Error, RunDirectoryError, AlreadyRunning, std::system_error.
    explicit RoleProcess(const Options& options);

    // Until told to stop, or until a client is done. Returns the exit status.
    int run();

private:
    void open_output();
    void open_input();
    void open_trace();
    void add_role(Time now);
    void say_observer() const;
    void receive_all(std::span<const int> readable, Time now);
    void receive(int fd, Time now);
    void take(Bytes datagram, net::Address from, Time now);
    void arrive(Bytes datagram, net::Address from, Time now);
    void pump_input(std::span<const int> readable, Time now);
    void step(Time now);
    [[nodiscard]] Time deadline() const;
    [[nodiscard]] bool is_in_a_hurry() const;
    void watch_input();
    void note_progress(const Client& client, Time now);
    void report(Time now);
    void note_reign(const Proposer& proposer, Time now);
    [[nodiscard]] bool is_done() const;
    [[nodiscard]] std::optional<std::string> failure(Time now);
    void finish();
    [[nodiscard]] FinalReport final_report() const;

    Options options_;
    Poller poller_;
    RunDirectory run_directory_;
    net::Network network_;
    UdpTransport transport_;
    Rest rest_;
    Reporter reporter_;
    Stamps stamps_;
    std::unique_ptr<Output> output_;       // learner
    std::unique_ptr<Input> input_;         // client
    std::unique_ptr<ProcessTrace> trace_;  // when somebody wants one
    std::unique_ptr<host::Host> host_;

    std::optional<net::FaultyArrival> faults_;
    wire::Decoder header_reader_;  // of datagrams that faults are injected into

    int watched_input_ = -1;
    Progress client_progress_;
    Histogram client_latency_;
    Timeline client_timeline_;
    bool leads_ = false;
    Time reign_said_;
    Watch watch_;
};

}  // namespace synod::node

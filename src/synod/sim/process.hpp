#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "synod/host/host.hpp"
#include "synod/sim/client_input.hpp"
#include "synod/sim/clock.hpp"
#include "synod/sim/cluster_options.hpp"
#include "synod/sim/random.hpp"
#include "synod/sim/read_oracle.hpp"
#include "synod/sim/surroundings.hpp"

namespace synod::sim {

// A simulated process of one role: the production host over a made-up network, clock and scheduler. It dies
// and lives again; of its former lives only what is on its disk remains.
class Process final : public host::Transport, public host::DeliverySink {
public:
    Process(std::uint8_t index, Role role, std::uint16_t id, const ClusterOptions& options,
            Surroundings& world);

    void start();
    void crash();
    void pause();
    void resume();
    // As a second process of the name of `first`, on a machine and links like its own.
    void start_like(const Process& first);
    // A client: writes so many values more, one every `interval`.
    void submit(std::uint64_t values, Duration interval);
    // A client: writes this value, before any others.
    void submit(Bytes value);
    // A learner: begins a linearizable read.
    void read();
    // A client: writes the rest as fast as it is taken.
    void hurry();
    // Somebody on its machine asks all roles how they are, and hears the answers at its port.
    void ask();
    // Its clock shows so much more, all at once: its machine was suspended, say.
    void jump_clock(Duration by);
    // How long it is busy with each datagram.
    void set_cost(Duration each) noexcept { datagram_cost_ = each; }

    // An event has come.
    void arrive(std::uint16_t life, std::uint32_t datagram);
    void wake();

    [[nodiscard]] Role role() const noexcept { return role_; }
    [[nodiscard]] std::uint16_t id() const noexcept { return id_; }
    [[nodiscard]] std::uint8_t index() const noexcept { return index_; }
    [[nodiscard]] bool is_alive() const noexcept { return host_ != nullptr; }
    [[nodiscard]] bool is_paused() const noexcept { return paused_; }
    [[nodiscard]] std::uint16_t life() const noexcept { return life_; }
    [[nodiscard]] bool is_observer() const noexcept {
        return is_alive() && role_ == Role::acceptor && as<Acceptor>().is_observer();
    }
    // REQUIRES: is_alive(), and the process has this role.
    template <typename R>
    [[nodiscard]] R& as() const noexcept {
        return *host_->role<R>();
    }
    [[nodiscard]] bool is_voter() const noexcept {
        return is_alive() && role_ == Role::acceptor && !is_observer();
    }
    // Of the reads that this life of a learner has begun.
    [[nodiscard]] std::uint64_t reads_done() const noexcept { return reads_.done(); }
    // A client in touch with nobody who has all it wrote delivered.
    [[nodiscard]] bool has_written_all() const noexcept { return input_.empty(); }
    // It gave up by itself, as the real process would, and why.
    [[nodiscard]] const std::string& gave_up() const noexcept { return gave_up_; }

    void send(Destination to, Bytes head, Bytes body) override;
    void flush() override {}
    void deliver(InstanceId instance, Bytes batch) override;

private:
    // What of an acceptor outlives its process. Durable acceptors will keep here what their host makes
    // stable.
    struct Disk {
        bool marked = false;  // it has been here before, and must not vote again
    };
    void add_role();
    void read_datagrams();
    void take(std::uint32_t datagram);
    void vote_seen(const Proposal& proposal);
    void observe();
    void give_way();
    void look_into(Datagram& datagram, Destination to);
    [[nodiscard]] InstanceId checkpointed_below() const;
    void count_received(std::uint8_t type, InstanceId checkpointed_before);
    [[nodiscard]] bool has_values_under_way() const;
    void count_reigns();
    void observe_acceptor();
    void check();
    template <typename R>
    void check(const R& role, const InstanceLog& log);
    void trace_sending(Destination to, Datagram& datagram);
    void trace_step();
    void plan_next(Duration busy);
    void request_wake(Time at);
    [[nodiscard]] Time local() const noexcept { return clock_.local(world_.now); }

    const std::uint8_t index_;
    const Role role_;
    const std::uint16_t id_;
    const ClusterOptions& options_;
    Surroundings& world_;
    Random random_;
    std::unique_ptr<host::Host> host_;

    Disk disk_;
    std::uint16_t life_ = 0;  // 1: the first
    bool paused_ = false;
    Clock clock_;
    Duration datagram_cost_;
    Time busy_until_;
    std::deque<std::uint32_t> inbox_;
    std::uint64_t inbox_bytes_ = 0;
    std::uint64_t steps_unchecked_ = 0;  // since its invariants were looked at
    unsigned idle_steps_ = 0;            // that did nothing, one after the other
    bool did_something_ = false;
    Ballot ballot_led_;         // of the reign that this process is in; none, when in none
    InstanceId trimmed_below_;  // of an acceptor
    std::string gave_up_;
    ClientInput input_;  // of a client
    ReadOracle reads_;   // of a learner
};

}  // namespace synod::sim

#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <tuple>

#include "synod/core/acceptor.hpp"
#include "synod/core/client.hpp"
#include "synod/core/learner.hpp"
#include "synod/core/outbox.hpp"
#include "synod/core/proposer.hpp"
#include "synod/host/intercom.hpp"
#include "synod/host/transport.hpp"
#include "synod/wire/codec.hpp"

namespace synod::host {

// Where a learner's decided batches go, one after the other in the order of the instances.
class DeliverySink {
public:
    virtual ~DeliverySink() = default;
    // `batch` stands during the call.
    virtual void deliver(InstanceId instance, Bytes batch) = 0;
};

// Drives the roles of one process, at most one of each kind: datagram in, step, datagrams out. Knows no
// clock, socket or file: time is told, the network is a Transport. All of it is one way: receive() for each
// datagram that is at hand, then flush() once; tick() when deadline() has come, then flush(). What its roles
// have to say to each other they hear before flush() returns, from no socket.
//
// It keeps no stable storage, so an acceptor that was here before must come back as an observer.
class Host {
public:
    struct Options {
        std::uint64_t cluster = 0;
        std::uint64_t run = 0;
        unsigned acceptors = 3;
        Incarnation incarnation;
        std::uint32_t pid = 0;  // for those who want to be what we are
    };
    // Another process was found to have our role and id.
    struct TakenBy {
        Endpoint endpoint;
        std::uint32_t pid = 0;
    };

    // `transport` and `sink` must outlive the host; `sink` may be null without a learner.
    Host(const Options& options, Transport& transport, DeliverySink* sink);

    // Gives the process a role, before the first step.
    void add(const Acceptor::Options& options) {
        seat<Acceptor>().emplace(identity(Role::acceptor, options.id), options);
    }
    void add(const Learner::Options& options) {
        seat<Learner>().emplace(identity(Role::learner, options.id), options);
    }
    void add(const Proposer::Options& options, Time now) {
        seat<Proposer>().emplace(identity(Role::proposer, options.id), options, now);
    }
    void add(std::uint16_t id, const Client::Options& options) {
        seat<Client>().emplace(identity(Role::client, StrongId<struct ClientTag, std::uint16_t>{id}),
                               options);
    }

    // Says hello: a live process of the same role and id objects, the others say how far they are.
    void start(Time now);
    void receive(Bytes datagram, Endpoint from, Time now);
    // From an address at which nobody of the cluster is: it may ask how we are, and nothing else.
    void receive_from_stranger(Bytes datagram, Endpoint from, Time now);
    void flush(Time now);
    void tick(Time now);
    [[nodiscard]] Time deadline() const noexcept;

    // Null when the process has no such role.
    template <typename R>
    [[nodiscard]] R* role() noexcept {
        auto& found = seat<R>();
        return found ? &found->role : nullptr;
    }
    [[nodiscard]] const std::optional<TakenBy>& taken_by() const noexcept { return taken_by_; }
    [[nodiscard]] const wire::Decoder& decoder() const noexcept { return decoder_; }
    [[nodiscard]] Losses losses() const;

private:
    template <typename R>
    struct Seat {
        template <typename... Arguments>
        explicit Seat(const wire::Identity& identity, Arguments&&... arguments)
            : encoder(identity), role(arguments...) {}
        wire::Encoder encoder;
        R role;
    };
    using Seats = std::tuple<std::optional<Seat<Acceptor>>, std::optional<Seat<Proposer>>,
                             std::optional<Seat<Learner>>, std::optional<Seat<Client>>>;

    template <typename R>
    std::optional<Seat<R>>& seat() noexcept {
        return std::get<std::optional<Seat<R>>>(seats_);
    }
    template <typename Use>
    void for_each_seat(Use&& use) {
        std::apply([&](auto&... seats) { ((seats ? use(*seats) : void()), ...); }, seats_);
    }
    template <typename Id>
    [[nodiscard]] wire::Identity identity(Role role, Id id) const noexcept {
        return {options_.cluster, options_.run, role, id.value(), options_.incarnation};
    }
    template <typename R>
    void step(Seat<R>& seat, const wire::Received& received, Time now);
    void answer_hello(wire::Encoder& encoder, const Sender& from, Time now);
    void answer(const StatusRequest& request, Endpoint from, Time now);
    void say_hello(Time now);
    void take_turns(Time now);  // each role ends what it has received
    [[nodiscard]] bool is_heard_here(Role speaker, Role group) const noexcept;
    bool hear_each_other(Time now);  // false when no role has said anything to another one here
    void deliver(Learner& learner);
    void transmit(wire::Encoder& encoder);  // what the outbox holds
    void hand_over();                       // what was transmitted, to the network

    Options options_;
    Transport& transport_;
    DeliverySink* sink_;
    wire::Decoder decoder_;
    wire::Scratch scratch_;
    Outbox outbox_;
    Seats seats_;
    Intercom intercom_;

    Time started_;
    Time hello_due_ = kNever;
    unsigned hellos_said_ = 0;
    std::optional<TakenBy> taken_by_;
    Time report_from_;  // requests for a status before are overlooked
    std::uint64_t from_strangers_ = 0;
};

}  // namespace synod::host

#include "synod/host/host.hpp"

#include <algorithm>
#include <variant>

#include "synod/host/groups.hpp"
#include "synod/host/status_report.hpp"

namespace synod::host {

namespace {

constexpr unsigned kHellos = 3;  // a datagram may be lost
constexpr Duration kHelloInterval = milliseconds(20);
constexpr std::size_t kUnsentMax = 1 << 20;  // of encoded heads and answers; then they go out at once
constexpr Duration kReportsApart = milliseconds(10);  // whoever asks, and however often
constexpr Duration kNewcomer = milliseconds(1000);    // for so long a process gives way to one of its name

template <typename R, typename M>
concept Takes = requires(R& role, const M& message, const Sender& from, Time now, Outbox& outbox) {
    role.on(message, from, now, outbox);
};

}  // namespace

Host::Host(const Options& options, Transport& transport, DeliverySink* sink)
    : options_(options),
      transport_(transport),
      sink_(sink),
      decoder_(options.cluster, options.run, static_cast<std::uint16_t>(options.acceptors)) {}

void Host::start(Time now) {
    started_ = now;
    say_hello(now);
    flush(now);
}

void Host::say_hello(Time now) {
    for_each_seat([this](auto& seat) {
        const Role own = seat.encoder.identity().role;
        outbox_.send(Destination::to_group(own), Hello{});
        for (const Role role : {Role::acceptor, Role::proposer}) {
            if (role != own) outbox_.send(Destination::to_group(role), Hello{});
        }
        transmit(seat.encoder);
    });
    hello_due_ = ++hellos_said_ < kHellos ? now + kHelloInterval * hellos_said_ : kNever;
}

// What comes back to us from the groups, our roles have heard already.
void Host::receive(Bytes datagram, Endpoint from, Time now) {
    const wire::Decoded decoded = decoder_.decode(datagram, from);
    if (!decoded || decoded->sender.incarnation == options_.incarnation) return;
    if (const auto* request = std::get_if<StatusRequest>(&decoded->message))
        return answer(*request, from, now);
    for_each_seat([&](auto& seat) { step(seat, *decoded, now); });
}

void Host::receive_from_stranger(Bytes datagram, Endpoint from, Time now) {
    const wire::Decoded decoded = decoder_.decode(datagram, from);
    if (!decoded) return;
    if (const auto* request = std::get_if<StatusRequest>(&decoded->message))
        return answer(*request, from, now);
    ++from_strangers_;
}

Losses Host::losses() const {
    Losses losses = transport_.losses();
    losses.refused = decoder_.refused().total() + from_strangers_;
    return losses;
}

void Host::answer(const StatusRequest& request, Endpoint from, Time now) {
    if (now < report_from_) return;
    report_from_ = now + kReportsApart;
    for_each_seat([&](auto& seat) {
        if constexpr (Reports<decltype(seat.role)>) {
            outbox_.send(Destination::to_process(from), report_of(seat.role, request.number, losses()));
            transmit(seat.encoder);
        }
    });
}

template <typename R>
void Host::step(Seat<R>& seat, const wire::Received& received, Time now) {
    const Sender& sender = received.sender;
    std::visit(
        [&]<typename M>(const M& message) {
            if constexpr (std::same_as<M, Hello>) answer_hello(seat.encoder, sender, now);
            if constexpr (std::same_as<M, Taken>) {
                const wire::Identity& self = seat.encoder.identity();
                const bool of_us = sender.role == self.role && sender.id == self.id;
                if (of_us && message.newcomer == self.incarnation && now.since(started_) < kNewcomer)
                    taken_by_ = TakenBy{sender.endpoint, message.pid};
            } else if constexpr (Takes<R, M>) {
                seat.role.on(message, sender, now, outbox_);
                transmit(seat.encoder);
            }
        },
        received.message);
}

// Of two that start together the one with the higher incarnation gives way.
void Host::answer_hello(wire::Encoder& encoder, const Sender& from, Time now) {
    const wire::Identity& self = encoder.identity();
    if (from.role != self.role || from.id != self.id) return;
    if (now.since(started_) < kNewcomer && from.incarnation < self.incarnation) return;
    outbox_.send(Destination::to_process(from.endpoint), Taken{from.incarnation, options_.pid});
    transmit(encoder);
}

void Host::flush(Time now) {
    do
        take_turns(now);
    while (hear_each_other(now));
    hand_over();
}

void Host::take_turns(Time now) {
    if (auto& learner = seat<Learner>()) deliver(learner->role);
    for_each_seat([&](auto& seat) {
        seat.role.flush(now, outbox_);
        transmit(seat.encoder);
    });
}

bool Host::is_heard_here(Role speaker, Role group) const noexcept {
    const auto listens = [&](const auto& seat) {
        return seat && seat->encoder.identity().role != speaker &&
               hears(seat->encoder.identity().role, group);
    };
    return std::apply([&](const auto&... seats) { return (listens(seats) || ...); }, seats_);
}

bool Host::hear_each_other(Time now) {
    return intercom_.pass_on([&](Role from, Destination to, Bytes datagram) {
        const wire::Decoded decoded = decoder_.decode(datagram, Intercom::kHere);
        if (!decoded) return;
        for_each_seat([&](auto& seat) {
            const Role role = seat.encoder.identity().role;
            if (role != from && (!to.is_group() || hears(role, to.group))) step(seat, *decoded, now);
        });
    });
}

void Host::tick(Time now) {
    if (now >= hello_due_) say_hello(now);
    for_each_seat([&](auto& seat) {
        if (now < seat.role.deadline()) return;
        seat.role.tick(now, outbox_);
        transmit(seat.encoder);
    });
    hand_over();
}

Time Host::deadline() const noexcept {
    Time earliest = hello_due_;
    const auto consider = [&earliest](const auto& seat) {
        if (seat) earliest = std::min(earliest, seat->role.deadline());
    };
    std::apply([&](const auto&... seats) { (consider(seats), ...); }, seats_);
    return earliest;
}

void Host::deliver(Learner& learner) {
    while (const auto delivery = learner.front()) {
        if (sink_ != nullptr) sink_->deliver(delivery->instance, delivery->batch);
        learner.pop();
    }
}

void Host::transmit(wire::Encoder& encoder) {
    for (const Send& send : outbox_.sends) {
        const wire::Encoded encoded = encoder.encode(send.message, scratch_);
        const bool here = send.to.endpoint == Intercom::kHere;
        if (!here) transport_.send(send.to, encoded.head, encoded.body);
        if (here || (send.to.is_group() && is_heard_here(encoder.identity().role, send.to.group)))
            intercom_.say(encoder.identity().role, send.to, encoded);
    }
    outbox_.clear();
    if (scratch_.used_bytes() > kUnsentMax) hand_over();
}

void Host::hand_over() {
    transport_.flush();
    scratch_.clear();
}

}  // namespace synod::host

#include "synod/node/prober.hpp"

#include "synod/node/clock.hpp"
#include "synod/node/random_bits.hpp"
#include "synod/node/run_directory.hpp"
#include "synod/node/sizing.hpp"

namespace synod::node {

namespace {

constexpr unsigned kRequests = 4;
constexpr Duration kPatience = milliseconds(60);  // after each; at most 10 ms apart nobody answers

net::NetworkOptions network_options(const ProbedCluster& cluster) {
    net::NetworkOptions network;
    network.interface = cluster.interface;
    network.receive_buffer_bytes = 256 << 10;
    network.send_buffer_bytes = 64 << 10;
    return network;
}

}  // namespace

Prober::Prober(const ProbedCluster& cluster)
    : inquire_at_(cluster.inquire_at),
      network_(network_options(cluster)),
      encoder_({cluster_hash(cluster.name), cluster.run, Role::client, 0, Incarnation{random_bits()}}),
      decoder_(cluster_hash(cluster.name), cluster.run, static_cast<std::uint16_t>(cluster.acceptors)) {}

Answers Prober::ask(Poller& poller) {
    Answers answers;
    for (const int fd : network_.descriptors())
        poller.add(fd);
    first_number_ = number_ + 1;
    for (unsigned k = 0; k < kRequests && !poller.told_to_stop(); ++k) {
        send_request();
        const Time until = now() + kPatience;
        while (now() < until && !poller.told_to_stop()) {
            for (const int fd : poller.wait(now(), until))
                network_.drain(fd, kBuffersAtOnce,
                               [&](Bytes datagram, net::Address) { take(datagram, answers); });
        }
    }
    for (const int fd : network_.descriptors())
        poller.remove(fd);
    return answers;
}

void Prober::send_request() {
    ++number_;
    const wire::Encoded encoded = encoder_.encode(StatusRequest{number_}, scratch_);
    for (const net::Address to : inquire_at_)
        network_.queue(to, encoded.head, encoded.body);
    network_.flush();
    scratch_.clear();
}

void Prober::take(Bytes datagram, Answers& answers) {
    const wire::Decoded decoded = decoder_.decode(datagram);
    if (!decoded) return;
    const std::uint16_t id = decoded->sender.id;
    const auto keep = [&](auto& reports, const auto* report) {
        if (report != nullptr && report->number >= first_number_ && report->number <= number_)
            reports[id] = *report;
    };
    keep(answers.proposers, std::get_if<ProposerReport>(&decoded->message));
    keep(answers.acceptors, std::get_if<AcceptorReport>(&decoded->message));
    keep(answers.learners, std::get_if<LearnerReport>(&decoded->message));
}

}  // namespace synod::node

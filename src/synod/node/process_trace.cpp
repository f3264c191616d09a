#include "synod/node/process_trace.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include "synod/node/clock.hpp"

namespace synod::node {

namespace {

// The same at its sender and at all who receive it, and no other message's: a sender counts its datagrams.
std::uint64_t number_of(Role role, std::uint16_t id, Incarnation incarnation,
                        std::uint32_t sequence) noexcept {
    constexpr std::uint64_t kLifeMask = 0x1fff;
    return std::uint64_t{1} << 63 | (incarnation.value() & kLifeMask) << 50 |
           static_cast<std::uint64_t>(role) << 48 | std::uint64_t{id} << 32 | sequence;
}

std::uint64_t number_of(const wire::Received& received) noexcept {
    const Sender& sender = received.sender;
    return number_of(sender.role, sender.id, sender.incarnation, received.sequence);
}

trace::Who who(const Sender& sender) noexcept {
    return {sender.role, sender.id, false};
}

}  // namespace

ProcessTrace::File::File(const std::string& path) : stream_(path, std::ios::binary), writer_(stream_) {
    if (!stream_) throw std::system_error(errno, std::generic_category(), path);
}

void ProcessTrace::File::add(trace::Event event) {
    if (is_full()) return;
    ++events_;
    writer_.add(std::move(event));
}

ProcessTrace::ProcessTrace(const std::string& path, const Identity& identity, host::Transport& transport,
                           host::DeliverySink* sink)
    : file_(path),
      watch_(identity.who, file_),
      transport_(transport),
      sink_(sink),
      decoder_(identity.cluster, identity.run, identity.acceptors) {}

void ProcessTrace::start(host::Host& host, std::string text) {
    host_ = &host;
    watch_.started(now(), std::move(text));
}

// The time is read at each event, not at each step: a message must not arrive before it was sent.
void ProcessTrace::send(Destination to, Bytes head, Bytes body) {
    if (!file_.is_full()) {
        look();  // what it says has become so before
        datagram_.assign(head.begin(), head.end());
        datagram_.insert(datagram_.end(), body.begin(), body.end());
        if (const wire::Decoded decoded = decoder_.decode(datagram_)) {
            const auto peer = processes_.find(to.endpoint);
            watch_.sent(decoded->message, to,
                        peer == processes_.end() ? std::nullopt : std::optional(peer->second),
                        number_of(*decoded), now());
        }
    }
    transport_.send(to, head, body);
}

void ProcessTrace::flush() {
    file_.flush();
    transport_.flush();
}

void ProcessTrace::deliver(InstanceId instance, Bytes batch) {
    if (!file_.is_full()) watch_.delivered(instance, batch, now());
    if (sink_ != nullptr) sink_->deliver(instance, batch);
}

void ProcessTrace::receive(Bytes datagram, Endpoint from, Time at) {
    const wire::Decoded decoded = decoder_.decode(datagram, from);
    if (file_.is_full() || !decoded) return host_->receive(datagram, from, at);
    processes_.emplace(from, who(decoded->sender));
    watch_.received(number_of(*decoded), who(decoded->sender), now());
    std::optional<std::pair<InstanceId, Ballot>> proposal;
    if (const auto* accept = std::get_if<Accept>(&decoded->message))
        proposal.emplace(accept->instance, accept->reign.ballot);
    host_->receive(datagram, from, at);
    const Acceptor* acceptor = host_->role<Acceptor>();
    if (proposal && acceptor != nullptr) watch_.took(*acceptor, proposal->first, proposal->second, now());
    look();
}

void ProcessTrace::lost(Bytes datagram) {
    const wire::Decoded decoded = decoder_.decode(datagram);
    if (!file_.is_full() && decoded)
        watch_.lost(number_of(*decoded), who(decoded->sender), now(), "fault injection");
}

void ProcessTrace::stepped() {
    look();
    file_.flush();
}

void ProcessTrace::look() {
    if (file_.is_full()) return;
    if (const Acceptor* acceptor = host_->role<Acceptor>()) watch_.stepped(*acceptor, now());
    if (const Proposer* proposer = host_->role<Proposer>()) watch_.stepped(*proposer, now());
    const Client* client = host_->role<Client>();
    if (client == nullptr) return;
    if (client->values_written() > values_written_)
        watch_.happened(trace::Kind::submitted, now(), std::to_string(client->values_written()) + " values");
    values_written_ = client->values_written();
    watch_.stepped(*client, now());
}

}  // namespace synod::node

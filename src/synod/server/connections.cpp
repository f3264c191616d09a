#include "synod/server/connections.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

namespace synod::server {

namespace {

constexpr std::size_t kReadBytes = 64 << 10;   // at once
constexpr std::size_t kSmallBytes = 64 << 10;  // whoever holds no more is not asked to go for want of memory
constexpr std::string_view kTooMany = "-ERR max number of clients reached\r\n";

// Listeners have lives that no client has.
constexpr std::uint32_t kListener = ~std::uint32_t{0};

constexpr std::uint64_t token_of(Connections::Ticket ticket) noexcept {
    return std::uint64_t{ticket.life} << 32 | ticket.place;
}
constexpr Connections::Ticket ticket_of(std::uint64_t token) noexcept {
    return {static_cast<std::uint32_t>(token), static_cast<std::uint32_t>(token >> 32)};
}

}  // namespace

Connections::Connections(std::vector<node::Listener> listeners, const Limits& limits,
                         const rsm::ServerFacts& facts)
    : listeners_(std::move(listeners)), limits_(limits), facts_(facts), buffer_(kReadBytes) {
    for (std::size_t k = 0; k < listeners_.size(); ++k)
        events_.add(listeners_[k].fd.get(), token_of({static_cast<std::uint32_t>(k), kListener}));
}

void Connections::note_events() {
    for (const epoll_event& event : events_.look()) {
        const Ticket ticket = ticket_of(event.data.u64);
        if (ticket.life == kListener) {
            accept_all(listeners_[ticket.place]);
        } else if (Place* place = find(ticket)) {
            place->socket->happened(event.events);
            make_busy(ticket);
        }
    }
}

void Connections::receive() {
    if (std::exchange(some_left_to_accept_, false))
        for (const node::Listener& listener : listeners_)
            accept_all(listener);
    for (const Ticket ticket : busy_) {
        Place* place = find(ticket);
        if (place == nullptr) continue;
        place->socket->read(buffer_);
        measure(*place);
    }
}

// When all places are taken, those who only wait for answers make room: while there is no majority, clients
// that are gone would keep everybody else out.
void Connections::accept_all(const node::Listener& listener) {
    std::optional<std::vector<std::uint32_t>> waiting;  // looked for once
    while (auto stream = node::accept_from(listener)) {
        if (size_ == limits_.clients_max) {
            if (!waiting) waiting = who_only_waits();
            if (waiting->empty()) {
                turn_away(*stream);
                continue;
            }
            Place& place = places_[waiting->back()];
            place.socket->give_up();
            close(place, waiting->back());
            waiting->pop_back();
        }
        welcome(std::move(*stream));
    }
    some_left_to_accept_ = some_left_to_accept_ || (errno != EAGAIN && errno != EWOULDBLOCK);
}

// The oldest comes last.
std::vector<std::uint32_t> Connections::who_only_waits() const {
    std::vector<std::uint32_t> numbers;
    for (std::size_t k = 0; k < places_.size(); ++k)
        if (places_[k].socket && places_[k].socket->only_waits())
            numbers.push_back(static_cast<std::uint32_t>(k));
    const auto age = [this](std::uint32_t number) {
        return places_[number].socket->connection().client().id;
    };
    std::sort(numbers.begin(), numbers.end(), [&](auto a, auto b) { return age(a) > age(b); });
    return numbers;
}

void Connections::turn_away(const node::AcceptedStream& stream) {
    ++turned_away_;
    static_cast<void>(::send(stream.fd.get(), kTooMany.data(), kTooMany.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
}

void Connections::welcome(node::AcceptedStream stream) {
    if (free_.empty()) {
        free_.push_back(static_cast<std::uint32_t>(places_.size()));
        places_.emplace_back();
    }
    const std::uint32_t number = free_.back();
    Place& place = places_[number];
    try {
        events_.add(stream.fd.get(), token_of({number, place.life}));
    } catch (const std::system_error&) {  // the kernel watches so many, and no more
        return turn_away(stream);
    }
    free_.pop_back();
    place.socket = std::make_unique<ClientSocket>(
        std::move(stream.fd), rsm::ClientInfo{++accepted_, net::to_string(stream.from)}, facts_);
    ++size_;
}

Connections::Place* Connections::find(Ticket ticket) noexcept {
    Place& place = places_[ticket.place];
    return place.life == ticket.life && place.socket ? &place : nullptr;
}

void Connections::make_busy(Ticket ticket) {
    Place& place = places_[ticket.place];
    if (!std::exchange(place.busy, true)) busy_.push_back(ticket);
}

// Of too much for all, whoever has more than a little and is about to get more has to go.
void Connections::measure(Place& place) {
    if (!look_at_memory(place) || place.held_bytes <= kSmallBytes || held_bytes_ <= limits_.held_bytes_max)
        return;
    place.socket->throw_out();
    static_cast<void>(look_at_memory(place));  // there is room again for those who come after it
}

// Whether it holds more than before.
bool Connections::look_at_memory(Place& place) {
    const std::size_t before = std::exchange(place.held_bytes, place.socket->held_bytes());
    held_bytes_ += place.held_bytes - before;
    return place.held_bytes > before;
}

void Connections::answer(Ticket ticket, std::string_view reply) {
    Place* place = find(ticket);
    if (place == nullptr) return;
    place->socket->answer(reply);
    measure(*place);
    make_busy(ticket);
}

void Connections::abandon(Ticket ticket) {
    Place* place = find(ticket);
    if (place == nullptr) return;
    place->socket->give_up();
    make_busy(ticket);
}

void Connections::send() {
    other_work_ = requests_left_ = false;
    std::size_t kept = 0;
    for (const Ticket ticket : busy_) {
        if (find(ticket) == nullptr) continue;  // it made room for another
        Place& place = places_[ticket.place];
        place.socket->write();
        measure(place);
        if (place.socket->is_over()) {
            close(place, ticket.place);
            continue;
        }
        place.busy = place.socket->has_work();
        if (!place.busy) continue;
        const bool asks = place.socket->may_have_requests();
        requests_left_ = requests_left_ || asks;
        other_work_ = other_work_ || !asks;
        busy_[kept++] = ticket;
    }
    busy_.resize(kept);
}

void Connections::close(Place& place, std::uint32_t number) {
    held_bytes_ -= place.held_bytes;
    if (place.socket->wants_snapshot()) take_seeker(*place.socket);
    const std::uint32_t next_life = place.life + 1 == kListener ? 0 : place.life + 1;
    place = Place{nullptr, next_life, false, 0};
    free_.push_back(number);
    --size_;
    other_work_ = other_work_ || some_left_to_accept_;
}

void Connections::take_seeker(ClientSocket& socket) {
    const rsm::Connection& connection = socket.connection();
    const auto address = net::parse_address(connection.client().address);
    SnapshotSeeker seeker{socket.take_stream(), address ? address->ip : 0, connection.snapshot_of()};
    events_.remove(seeker.stream.get());
    snapshot_seekers_.push_back(std::move(seeker));
}

}  // namespace synod::server

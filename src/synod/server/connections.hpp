#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "synod/node/tcp.hpp"
#include "synod/server/client_socket.hpp"
#include "synod/server/event_set.hpp"

namespace synod::server {

// All clients of a server, thousands of them: who has something to say is read in batches, and the requests
// are given out by turns; replies are gathered and sent once a turn.
class Connections {
public:
    struct Limits {
        std::size_t clients_max = 10'000;                   // more are told so, and closed
        std::size_t held_bytes_max = std::size_t{1} << 30;  // of requests and replies, of all clients
    };
    // Names a client's request, also when the client is gone.
    struct Ticket {
        std::uint32_t place = 0;
        std::uint32_t life = 0;  // of the place
        friend constexpr bool operator==(Ticket, Ticket) noexcept = default;
    };

    // Who has asked for a snapshot; no client any more.
    struct SnapshotSeeker {
        node::OwnedFd stream;
        std::uint32_t ip = 0;  // where it is
        std::string log;       // of which it wants one
    };

    // `facts` outlives it. Throws std::system_error.
    Connections(std::vector<node::Listener> listeners, const Limits& limits, const rsm::ServerFacts& facts);

    // Readable when clients have come, sent something, or can be sent something.
    [[nodiscard]] int fd() const noexcept { return events_.fd(); }

    // A turn: note_events(), if fd() is readable, receive(), take(), and, when answers have been given,
    // send().
    void note_events();
    void receive();
    // Calls submit(Ticket, rsm::Connection::Request&) for the next requests, as long as it returns true:
    // that there is room for more.
    template <typename Submit>
    void take(Submit&& submit);
    void answer(Ticket ticket, std::string_view reply);
    // The request has no answer, and none can be made up: its client is closed.
    void abandon(Ticket ticket);
    void send();

    [[nodiscard]] std::vector<SnapshotSeeker> take_snapshot_seekers() {
        return std::exchange(snapshot_seekers_, {});
    }

    // Something can be done without waiting: with `room`, give out requests, too.
    [[nodiscard]] bool has_work(bool room) const noexcept { return other_work_ || (room && requests_left_); }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] const Limits& limits() const noexcept { return limits_; }
    [[nodiscard]] std::size_t held_bytes() const noexcept { return held_bytes_; }
    [[nodiscard]] std::uint64_t accepted() const noexcept { return accepted_; }
    [[nodiscard]] std::uint64_t turned_away() const noexcept { return turned_away_; }
    template <typename Use>
    void for_each(Use&& use) const {
        for (const Place& place : places_)
            if (place.socket) use(place.socket->connection().client());
    }

private:
    struct Place {
        std::unique_ptr<ClientSocket> socket;
        std::uint32_t life = 0;
        bool busy = false;           // in busy_
        std::size_t held_bytes = 0;  // when last looked at
    };

    void accept_all(const node::Listener& listener);
    [[nodiscard]] std::vector<std::uint32_t> who_only_waits() const;
    void turn_away(const node::AcceptedStream& stream);
    void welcome(node::AcceptedStream stream);
    [[nodiscard]] Place* find(Ticket ticket) noexcept;
    void make_busy(Ticket ticket);
    void measure(Place& place);
    [[nodiscard]] bool look_at_memory(Place& place);
    void close(Place& place, std::uint32_t number);
    void take_seeker(ClientSocket& socket);

    EventSet events_;
    std::vector<node::Listener> listeners_;
    Limits limits_;
    const rsm::ServerFacts& facts_;
    std::vector<std::byte> buffer_;

    std::vector<Place> places_;
    std::vector<std::uint32_t> free_;
    std::vector<Ticket> busy_;  // those with something to do, by turns
    std::vector<SnapshotSeeker> snapshot_seekers_;
    std::size_t size_ = 0;
    std::size_t held_bytes_ = 0;
    bool some_left_to_accept_ = false;  // for want of descriptors, say; nothing tells when there are some
    bool other_work_ = false;
    bool requests_left_ = false;
    std::uint64_t accepted_ = 0;
    std::uint64_t turned_away_ = 0;
    rsm::Connection::Request request_;  // kept for its memory
};

// The client at which room ends has had its turn: the next call begins with the one behind it.
template <typename Submit>
void Connections::take(Submit&& submit) {
    for (auto ticket = busy_.begin(); ticket != busy_.end(); ++ticket) {
        Place* place = find(*ticket);
        while (place != nullptr && place->socket->next(request_)) {
            if (submit(*ticket, request_)) continue;
            std::rotate(busy_.begin(), ticket + 1, busy_.end());
            return;
        }
        if (place != nullptr) measure(*place);
    }
}

}  // namespace synod::server

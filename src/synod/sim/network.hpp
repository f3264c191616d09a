#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "synod/core/endpoint.hpp"
#include "synod/core/time.hpp"
#include "synod/sim/coverage.hpp"
#include "synod/sim/datagrams.hpp"
#include "synod/sim/event_queue.hpp"
#include "synod/sim/meddling.hpp"
#include "synod/sim/random.hpp"
#include "synod/sim/tracer.hpp"

namespace synod::sim {

// What a link does to datagrams. Chances are in parts per million, drawn for each receiver apart.
struct LinkQuality {
    std::uint32_t loss_ppm = 0;
    std::uint32_t duplicate_ppm = 0;
    std::uint32_t reorder_ppm = 0;  // of being overtaken: the others of a link arrive in order
    std::uint32_t damage_ppm = 0;   // a flipped bit, or an end cut off
    Duration delay_min = microseconds(30);
    Duration delay_max = microseconds(60);
    Duration overtaken_max = milliseconds(2);  // how much later than the others
};

// A made-up IP network with multicast: a link for each ordered pair of processes.
class Network {
public:
    Network(std::size_t processes, const LinkQuality& quality, Random random, EventQueue& events,
            Datagrams& datagrams, Coverage& counts, Tracer& tracer);

    // Who is meant by `endpoint`: a process has the same address in all of its lives, and another port in
    // each.
    static Endpoint endpoint(std::uint8_t process, std::uint16_t life) noexcept {
        return {process + 1u, life};
    }

    void join(std::uint8_t process, Role group);
    // Takes over the datagram.
    void transmit(std::uint8_t from, Destination to, std::uint32_t datagram, Time now);

    // Of all links.
    void set_quality(const LinkQuality& quality) { qualities_.front() = quality; }
    [[nodiscard]] const LinkQuality& quality() const noexcept { return qualities_.front(); }
    void set_quality(std::uint8_t from, std::uint8_t to, const LinkQuality& quality);
    void cut(std::uint8_t from, std::uint8_t to) { link(from, to).cut = true; }
    void mend(std::uint8_t from, std::uint8_t to) { link(from, to).cut = false; }
    void meddle(const Meddling& meddling) { meddlings_.push_back(meddling); }
    // The links of `process`, the last one, become what those of `model` are.
    void imitate(std::uint8_t process, std::uint8_t model);
    // Whatever was cut is whole, nobody meddles any more, and every link is like the others again.
    void mend_all();

private:
    struct Link {
        bool cut = false;
        std::uint32_t quality = 0;
        Time last_arrival;
    };
    [[nodiscard]] Link& link(std::uint8_t from, std::uint8_t to) { return links_[from * processes_ + to]; }
    void carry(std::uint8_t from, std::uint8_t to, std::uint16_t life, std::uint32_t datagram, Time now);
    void arrive(Link& link, std::uint8_t to, std::uint16_t life, std::uint32_t datagram, Time now);
    std::uint32_t damaged_copy(std::uint32_t datagram);
    [[nodiscard]] Meddling* meddling_with(std::uint8_t type, std::uint8_t from, std::uint8_t to);
    bool suffer(Meddling& meddling, std::uint8_t to, std::uint16_t life, std::uint32_t datagram, Time now);

    std::size_t processes_;
    Random random_;
    EventQueue& events_;
    Datagrams& datagrams_;
    std::vector<LinkQuality> qualities_;
    std::vector<Link> links_;
    std::array<std::vector<std::uint8_t>, kRoles> groups_;
    std::vector<Meddling> meddlings_;
    Coverage& counts_;
    Tracer& tracer_;
};

}  // namespace synod::sim

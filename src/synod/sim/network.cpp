#include "synod/sim/network.hpp"

#include <algorithm>

namespace synod::sim {

namespace {
constexpr Duration kOwnDelay = microseconds(5);  // of a multicast to its own sender, which never meets a wire
}

Network::Network(std::size_t processes, const LinkQuality& quality, Random random, EventQueue& events,
                 Datagrams& datagrams, Coverage& counts, Tracer& tracer)
    : processes_(processes),
      random_(random),
      events_(events),
      datagrams_(datagrams),
      qualities_{quality},
      links_(processes * processes),
      counts_(counts),
      tracer_(tracer) {}

void Network::join(std::uint8_t process, Role group) {
    auto& members = groups_[static_cast<std::size_t>(group)];
    if (std::find(members.begin(), members.end(), process) == members.end()) members.push_back(process);
}

void Network::set_quality(std::uint8_t from, std::uint8_t to, const LinkQuality& quality) {
    link(from, to).quality = static_cast<std::uint32_t>(qualities_.size());
    qualities_.push_back(quality);
}

// Between the two it is as between `model` and another one.
void Network::imitate(std::uint8_t process, std::uint8_t model) {
    const std::uint8_t neighbour = model == 0 ? 1 : 0;
    for (std::uint8_t other = 0; other < process; ++other) {
        const std::uint8_t like = other == model ? neighbour : other;
        link(process, other) = link(model, like);
        link(other, process) = link(like, model);
    }
}

void Network::mend_all() {
    for (Link& link : links_) {
        link.cut = false;
        link.quality = 0;
    }
    qualities_.resize(1);
    meddlings_.clear();
}

void Network::transmit(std::uint8_t from, Destination to, std::uint32_t datagram, Time now) {
    if (to.is_group()) {
        for (const std::uint8_t member : groups_[static_cast<std::size_t>(to.group)])
            carry(from, member, 0, datagram, now);
    } else if (to.endpoint.address >= 1 && to.endpoint.address <= processes_) {
        carry(from, static_cast<std::uint8_t>(to.endpoint.address - 1), to.endpoint.port, datagram, now);
    }
    datagrams_.release(datagram);
}

void Network::carry(std::uint8_t from, std::uint8_t to, std::uint16_t life, std::uint32_t datagram,
                    Time now) {
    if (from == to) {
        datagrams_.hold(datagram);
        return events_.add(now + kOwnDelay, {Event::Kind::arrival, to, life, datagram});
    }
    Link& way = link(from, to);
    const LinkQuality& quality = qualities_[way.quality];
    const std::uint8_t type = datagrams_[datagram].type;
    if (way.cut) {
        counts_.count(Fault::cut, type);
        if (tracer_) tracer_.lost(to, datagrams_[datagram], now, "cut");
        return;
    }
    if (random_.chance_ppm(quality.loss_ppm)) {
        counts_.count(Fault::lost, type);
        if (tracer_) tracer_.lost(to, datagrams_[datagram], now, "by chance");
        return;
    }
    Meddling* meddling = meddling_with(type, from, to);
    if (meddling != nullptr && suffer(*meddling, to, life, datagram, now)) return;
    if (random_.chance_ppm(quality.damage_ppm)) {
        if (tracer_) tracer_.lost(to, datagrams_[datagram], now, "damaged");
        const std::uint32_t copy = damaged_copy(datagram);
        arrive(way, to, life, copy, now);
        return datagrams_.release(copy);
    }
    arrive(way, to, life, datagram, now);
    if (random_.chance_ppm(quality.duplicate_ppm)) {
        counts_.count(Fault::duplicated, type);
        arrive(way, to, life, datagram, now);
    }
}

void Network::arrive(Link& link, std::uint8_t to, std::uint16_t life, std::uint32_t datagram, Time now) {
    const LinkQuality& quality = qualities_[link.quality];
    const std::uint8_t type = datagrams_[datagram].type;
    if (link.quality != 0) counts_.count(Fault::slow_link, type);
    Time at = now + random_.between(quality.delay_min, quality.delay_max);
    if (random_.chance_ppm(quality.reorder_ppm)) {
        counts_.count(Fault::overtaken, type);
        at = at + random_.between({}, quality.overtaken_max);
    } else {
        at = link.last_arrival = std::max(at, link.last_arrival);
    }
    datagrams_.hold(datagram);
    events_.add(at, {Event::Kind::arrival, to, life, datagram});
}

Meddling* Network::meddling_with(std::uint8_t type, std::uint8_t from, std::uint8_t to) {
    const auto has = [](const std::vector<std::uint8_t>& list, std::uint8_t process) {
        return std::find(list.begin(), list.end(), process) != list.end();
    };
    for (Meddling& meddling : meddlings_) {
        const bool meant = meddling.type == type && has(meddling.from, from) && has(meddling.to, to);
        if (meant && meddling.times > 0) return &meddling;
    }
    return nullptr;
}

// True when nothing is left to be done with the datagram.
bool Network::suffer(Meddling& meddling, std::uint8_t to, std::uint16_t life, std::uint32_t datagram,
                     Time now) {
    constexpr std::array kAs{Fault::lost, Fault::overtaken, Fault::duplicated};  // by kind
    counts_.count(kAs[static_cast<std::size_t>(meddling.kind)], datagrams_[datagram].type);
    --meddling.times;
    if (meddling.kind == Meddling::Kind::lose) {
        if (tracer_) tracer_.lost(to, datagrams_[datagram], now, "lost");
        return true;
    }
    const LinkQuality& quality = qualities_.front();
    datagrams_.hold(datagram);
    events_.add(now + quality.delay_min + meddling.by, {Event::Kind::arrival, to, life, datagram});
    return meddling.kind == Meddling::Kind::delay;
}

std::uint32_t Network::damaged_copy(std::uint32_t datagram) {
    const std::uint32_t copy = datagrams_.make();
    Datagram& damaged = datagrams_[copy];
    damaged.bytes = datagrams_[datagram].bytes;
    damaged.from = datagrams_[datagram].from;
    damaged.type = 0;
    const std::uint8_t type = datagrams_[datagram].type;
    const std::uint64_t place = random_.below(damaged.bytes.size());
    if (random_.percent(50)) {
        counts_.count(Fault::truncated, type);
        damaged.bytes.resize(place);
    } else {
        counts_.count(Fault::corrupted, type);
        damaged.bytes[place] ^= static_cast<std::byte>(1u << random_.below(8));
    }
    return copy;
}

}  // namespace synod::sim

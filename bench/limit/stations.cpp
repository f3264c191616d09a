#include "limit/stations.hpp"

#include <poll.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <utility>

namespace synod::limit {

namespace {

constexpr unsigned kBuffersMax = 16;  // drained before anything is sent
constexpr std::size_t kFlushBytes = 64 << 10;
constexpr std::size_t kHeadsMax = 4096;

net::NetworkOptions network_options(const Plan& plan, std::vector<net::Address> groups) {
    net::NetworkOptions options;
    options.interface = plan.interface;
    options.groups = std::move(groups);
    return options;
}

}  // namespace

std::uint64_t now_ns() noexcept {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
}

std::span<const std::byte> Ring::keep(std::span<const std::byte> bytes) {
    if (at_ + bytes.size() > memory_.size()) at_ = 0;
    std::byte* const to = memory_.data() + std::exchange(at_, at_ + bytes.size());
    std::memcpy(to, bytes.data(), bytes.size());
    return {to, bytes.size()};
}

// ---- Station -------------------------------------------------------------------------------------------

Station::Station(const Plan& plan, Board& board, std::vector<net::Address> groups)
    : plan_(plan), board_(board), network_(network_options(plan, std::move(groups))), heads_(kHeadsMax) {}

void Station::run() {
    std::vector<pollfd> polled;
    for (const int fd : network_.descriptors())
        polled.push_back({fd, POLLIN, 0});
    while (!board_.stop) {
        const bool more = drain();
        flush();
        network_.flush();
        heads_used_ = 0;
        if (more) continue;
        const std::uint64_t patience = patience_ns();
        const timespec timeout{static_cast<time_t>(patience / 1'000'000'000),
                               static_cast<long>(patience % 1'000'000'000)};
        ppoll(polled.data(), polled.size(), &timeout, nullptr);
    }
}

// True when there may be more.
bool Station::drain() {
    bool more = false;
    for (const int fd : network_.descriptors()) {
        const std::size_t filled =
            network_.drain(fd, kBuffersMax, [this](std::span<const std::byte> datagram, net::Address from) {
                Header header;
                if (datagram.size() < sizeof header) return;
                std::memcpy(&header, datagram.data(), sizeof header);
                on(header, datagram.subspan(sizeof header, header.bytes), from);
            });
        more = more || filled == kBuffersMax;
    }
    return more;
}

void Station::send(net::Address to, const Header& header, std::span<const std::byte> body) {
    if (heads_used_ == heads_.size()) {
        network_.flush();
        heads_used_ = 0;
    }
    Header& head = heads_[heads_used_++];
    head = header;
    head.bytes = body.size();
    network_.queue(to, std::as_bytes(std::span(&head, 1)), body);
}

void Station::fail() {
    board_.failed = true;
    board_.stop = true;
}

// ---- Client --------------------------------------------------------------------------------------------

Client::Client(const Plan& plan, Board& board, std::uint32_t id)
    : Station(plan, board, {}), id_(id), slots_(plan.share_bytes() / plan.datagram_bytes + 2) {
    values_.resize(slots_ * plan.values_in_datagram() * plan.value_bytes);
}

void Client::on(const Header& header, std::span<const std::byte>, net::Address) {
    if (header.kind == Kind::acknowledged) acknowledged_ = std::max(acknowledged_, header.instance);
}

// How many values should have been sent by now.
double Client::due(std::uint64_t now) const {
    return static_cast<double>(now - began_ns_) / 1e9 * plan_.rate;
}

// How many values the next datagram may take; 0: none goes now.
std::size_t Client::may_send(std::uint64_t now) const {
    const std::size_t under_way = sent_ - acknowledged_;
    if (static_cast<double>(now - began_ns_) / 1e9 >= plan_.seconds) return 0;
    if (plan_.alone ? under_way > 0 : under_way * plan_.datagram_bytes >= plan_.share_bytes()) return 0;
    if (plan_.rate == 0) return plan_.values_in_datagram();
    const auto behind = static_cast<std::int64_t>(due(now)) + 1 - static_cast<std::int64_t>(numbered_);
    return std::min(static_cast<std::size_t>(std::max<std::int64_t>(behind, 0)), plan_.values_in_datagram());
}

// Values of the next datagram, in memory that stands until it has been delivered.
std::span<const std::byte> Client::fill(std::size_t count) {
    std::byte* const first = values_.data() + sent_ % slots_ * plan_.values_in_datagram() * plan_.value_bytes;
    for (std::size_t k = 0; k < count; ++k, ++numbered_) {
        if (!plan_.work) continue;
        std::memcpy(first + k * plan_.value_bytes, &numbered_, std::min(sizeof numbered_, plan_.value_bytes));
    }
    return {first, count * plan_.value_bytes};
}

// All begin together; what it takes until they all run is not measured.
bool Client::has_begun(std::uint64_t now) {
    if (began_ns_ != 0) return true;
    if (!std::exchange(ready_, true)) ++board_.clients_ready;
    if (board_.clients_ready < plan_.clients) return false;
    std::uint64_t nobody = 0;
    board_.began_ns.compare_exchange_strong(nobody, now);
    began_ns_ = board_.began_ns;
    return true;
}

void Client::flush() {
    const std::uint64_t now = now_ns();
    if (!has_begun(now)) return;
    std::size_t bytes = 0;
    while (bytes < kFlushBytes) {
        const std::size_t count = may_send(now);
        if (count == 0) break;
        const auto body = fill(count);
        send(plan_.proposers, {Kind::submit, id_, sent_, now_ns()}, body);
        bytes += body.size();
        ++sent_;
    }
    const bool over = static_cast<double>(now - began_ns_) / 1e9 >= plan_.seconds;
    if (done_ || !over || acknowledged_ < sent_) return;
    done_ = true;
    board_.nanoseconds = std::max(board_.nanoseconds.load(), now - began_ns_);
    if (++board_.clients_done == plan_.clients) board_.stop = true;
}

std::uint64_t Client::patience_ns() const {
    constexpr std::uint64_t kPatience = 50'000'000;
    constexpr std::uint64_t kUntilAllRun = 1'000'000;
    if (began_ns_ == 0) return kUntilAllRun;
    const std::uint64_t now = now_ns();
    if (may_send(now) > 0) return 0;
    if (plan_.rate == 0 || (plan_.alone && sent_ > acknowledged_)) return kPatience;
    constexpr std::uint64_t kTogether =
        100'000;  // as Synod's clients: waking for each would keep a processor busy
    const double ahead = static_cast<double>(numbered_) - due(now);
    return ahead > 0 ? std::max(static_cast<std::uint64_t>(ahead / plan_.rate * 1e9), kTogether) : kPatience;
}

// ---- Proposer ------------------------------------------------------------------------------------------

Proposer::Proposer(const Plan& plan, Board& board)
    : Station(plan, board, {plan.proposers}), client_of_(Arrived::kMax) {}

void Proposer::on(const Header& header, std::span<const std::byte> body, net::Address from) {
    if (header.kind == Kind::delivered) {
        delivered_[header.sender] = std::max(delivered_[header.sender], header.instance);
        return;
    }
    if (header.kind != Kind::submit) return;
    clients_[header.sender].client = from;
    client_of_[next_ % client_of_.size()] = header.sender;
    send(plan_.acceptors_group, {Kind::accept, header.sender, next_++, header.stamp_ns},
         plan_.work ? ring_.keep(body) : body);
}

// What every learner has delivered makes room for more.
void Proposer::flush() {
    const std::uint64_t all = *std::min_element(delivered_.begin(), delivered_.begin() + plan_.learners);
    if (all == acknowledged_) return;
    for (; acknowledged_ < all; ++acknowledged_) {
        Of& of = clients_[client_of_[acknowledged_ % client_of_.size()]];
        ++of.delivered;
        of.due = true;
    }
    for (Of& of : std::span(clients_).first(plan_.clients))
        if (std::exchange(of.due, false)) send(of.client, {Kind::acknowledged, 0, of.delivered, 0});
}

// ---- Acceptor ------------------------------------------------------------------------------------------

Acceptor::Acceptor(const Plan& plan, Board& board, std::uint32_t id)
    : Station(plan, board, {plan.acceptors_group}), id_(id) {}

void Acceptor::on(const Header& header, std::span<const std::byte> body, net::Address) {
    if (header.kind != Kind::accept) return;
    if (plan_.work) ring_.keep(body);
    arrived_.add(header.instance);
}

void Acceptor::flush() {
    if (said_ == arrived_.below()) return;
    said_ = arrived_.below();
    send(plan_.learners_group, {Kind::accepted, id_, said_, 0});
}

// ---- Learner -------------------------------------------------------------------------------------------

Learner::Learner(const Plan& plan, Board& board, std::uint32_t id)
    : Station(plan, board, {plan.acceptors_group, plan.learners_group}), id_(id), kept_(Arrived::kMax) {}

void Learner::on(const Header& header, std::span<const std::byte> body, net::Address) {
    if (header.kind == Kind::accepted) {
        accepted_[header.sender] = std::max(accepted_[header.sender], header.instance);
    } else if (header.kind == Kind::accept) {
        arrived_.add(header.instance);
        kept_[header.instance % Arrived::kMax] = {plan_.work ? ring_.keep(body) : body, header.sender,
                                                  header.stamp_ns};
    }
}

std::uint64_t Learner::decided_below() const {
    auto accepted = accepted_;
    const unsigned minority = (plan_.acceptors - 1) / 2;
    std::nth_element(accepted.begin(), accepted.begin() + minority, accepted.begin() + plan_.acceptors);
    return std::min(arrived_.below(), accepted[minority]);
}

void Learner::deliver(const Kept& kept) {
    const std::size_t count = kept.body.size() / plan_.value_bytes;
    std::uint64_t& expected = values_of_[kept.client];
    for (std::size_t k = 0; plan_.work && k < count; ++k) {
        std::uint64_t number = 0;
        std::memcpy(&number, kept.body.data() + k * plan_.value_bytes,
                    std::min(sizeof number, plan_.value_bytes));
        const bool whole = plan_.value_bytes >= sizeof number;
        if (whole && number != expected + k) return fail();
    }
    expected += count;
    values_ += count;
    if (plan_.rate == 0 || id_ != 0 || board_.samples == kSamplesMax) return;
    board_.latency_ns[board_.samples++] = static_cast<std::uint32_t>(now_ns() - kept.stamp_ns);
}

void Learner::flush() {
    const std::uint64_t before = delivered_;
    for (const std::uint64_t end = decided_below(); delivered_ < end; ++delivered_)
        deliver(kept_[delivered_ % Arrived::kMax]);
    if (delivered_ == before) return;
    board_.delivered[id_] = values_;
    send(plan_.proposers, {Kind::delivered, id_, delivered_, 0});
}

}  // namespace synod::limit

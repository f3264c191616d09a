#include "synod/core/client.hpp"

#include <algorithm>
#include <utility>

#include "synod/core/check.hpp"

namespace synod {

namespace {
constexpr Duration kGapAgain = milliseconds(2);  // before a gap sent again is taken for lost again
constexpr std::size_t kRetryBurst = 8;           // runs
constexpr std::size_t kSpareMax = 256;

}  // namespace

Client::Client(const Options& options)
    : options_(options),
      open_(options.run_bytes_max),
      credit_(options.credit_first),
      patience_(options.retry_first, options.retry_max) {}

Client::Written Client::write(Bytes bytes, bool ends_value, Time now) {
    std::size_t taken = 0;
    while (has_room()) {
        const bool full = cost_of(open_.pieces() + 1, 0) > options_.run_bytes_max;
        const std::size_t room = full ? 0 : open_.room(options_.session, piece_next_);
        const Bytes rest = bytes.subspan(taken);
        if (!open_.empty() &&
            (room == 0 || (room < rest.size() && open_.size() > options_.run_bytes_max / 2))) {
            close_run();
            continue;
        }
        const Bytes piece = rest.first(std::min(room, rest.size()));
        taken += piece.size();
        const bool all = taken == bytes.size();
        if (!piece.empty() || ends_value) add_piece(piece, all && ends_value, now);
        if (all) return {taken, true};
    }
    return {taken, false};
}

void Client::add_piece(Bytes piece, bool ends_value, Time now) {
    if (open_.empty()) open_since_ = now;
    SYNOD_CHECK(open_.add(options_.session, piece_next_, piece, ends_value));
    piece_next_ = piece_next_.next();
    values_written_ += ends_value;
    open_values_ += ends_value;
    if (!ends_value) close_run();
}

void Client::close_run() {
    if (open_.empty()) return;
    Packet packet;
    packet.first = packets_.empty() ? next_ : packets_.back().end;
    packet.end = piece_next_;
    packet.values = std::exchange(open_values_, 0);
    if (!spare_.empty()) {
        packet.run = std::move(spare_.back());
        spare_.pop_back();
    }
    open_.take(packet.run);
    packet.cost = cost_of(packet.end.since(packet.first), packet.run.size());
    buffered_bytes_ += packet.cost;
    packets_.push_back(std::move(packet));
}

void Client::on(const Ack& ack, const Sender& from, Time now, Outbox&) {
    if (ack.session != options_.session || ack.next > piece_next_) return;
    const bool progress = ack.next > next_;
    if (progress) {
        patience_.answered_below(ack.next, now);
        forget_below(ack.next);
    }
    if (ack.ballot.is_none() || (ack.ballot < leader_ && !retried_)) return;  // deposed
    retried_ = false;
    if (progress) probed_ = false;
    heard_leader(ack.ballot, from.endpoint, now);
    credit_ = ack.credit_bytes;
    if (ack.admitted < admitted_ && ack.next >= next_) {  // it lost what it had
        probed_ = true;
        if (ack.gap_end <= ack.admitted) retry_due_ = std::min(retry_due_, now);
        admitted_ = ack.admitted;
    }
    if (progress || ack.admitted > admitted_) retry_due_ = sent_ > 0 ? now + patience_.now() : kNever;
    admitted_ = std::max(admitted_, ack.admitted);
    gap_end_ = std::min(ack.gap_end, piece_next_);
}

// A new leader has admitted only what is decided: everything else is sent again. So it is to the first one
// that is heard, which may have missed all.
void Client::heard_leader(Ballot ballot, Endpoint at, Time now) {
    leader_at_ = at;
    const bool same = ballot.proposer == leader_.proposer && ballot.incarnation == leader_.incarnation;
    leader_ = ballot;
    if (same) return;
    admitted_ = gap_end_ = next_;
    credit_ = options_.credit_first;
    sent_ = 0;
    under_way_bytes_ = 0;
    patience_.begin_anew();
    doubtful_from_ = doubtful_end_ = {};
    retry_due_ = now + patience_.now();
}

void Client::on(const Beacon& beacon, const Sender&, Time now, Outbox&) {
    leader_ = Ballot{};  // even the same proposer has begun anew
    heard_leader(beacon.reign.ballot, Endpoint{}, now);
}

void Client::forget_below(PieceNumber next) {
    next_ = next;
    admitted_ = std::max(admitted_, next);
    while (!packets_.empty() && packets_.front().end <= next) {
        Packet& packet = packets_.front();
        values_decided_ += packet.values;
        buffered_bytes_ -= packet.cost;
        if (sent_ > 0) {
            --sent_;
            under_way_bytes_ -= packet.cost;
        }
        if (spare_.size() < kSpareMax) spare_.push_back(std::move(packet.run));
        packets_.pop_front();
    }
}

std::size_t Client::packet_of(PieceNumber number) const noexcept {
    const auto at = std::partition_point(packets_.begin(), packets_.end(),
                                         [number](const Packet& packet) { return packet.end <= number; });
    return static_cast<std::size_t>(at - packets_.begin());
}

void Client::send(const Packet& packet, Outbox& outbox) const {
    outbox.send(Destination::to_process_or_group(leader_at_, Role::proposer), Submit{packet.run});
}

void Client::send_again(const Packet& packet, Outbox& outbox) {
    patience_.sent_again(packet.first);
    send(packet, outbox);
}

void Client::send_doubtful(Outbox& outbox) {
    if (doubtful_from_ >= doubtful_end_ || admitted_ < doubtful_from_) return;
    const std::size_t from = packet_of(admitted_);
    const std::size_t end = std::min(packet_of(doubtful_end_), from + kRetryBurst);
    for (std::size_t k = from; k < end; ++k)
        send_again(packets_[k], outbox);
    doubtful_from_ = from < end ? packets_[end - 1].end : doubtful_end_;
}

void Client::flush(Time now, Outbox& outbox) {
    send_gap(now, outbox);
    send_doubtful(outbox);
    send_new(now, outbox);
    retry(now, outbox);
}

void Client::send_new(Time now, Outbox& outbox) {
    const bool all_sent = sent_ == packets_.size();
    if (all_sent && !open_.empty() && (packets_.empty() || now >= open_since_ + options_.linger)) close_run();
    while (may_send_next())
        send_next(now, outbox);
    if (packets_.empty() || retry_due_ != kNever) return;
    retry_due_ = now + (sent_ > 0 ? patience_.now() : options_.retry_max);
}

bool Client::may_send_next() const noexcept {
    if (sent_ == packets_.size() || credit_ == 0) return false;
    return sent_ == 0 || under_way_bytes_ + packets_[sent_].cost <= credit_;
}

void Client::send_next(Time now, Outbox& outbox) {
    const Packet& packet = packets_[sent_];
    send(packet, outbox);
    if (packet.first >= once_sent_below_) patience_.sent(packet.first, now);
    once_sent_below_ = std::max(once_sent_below_, packet.end);
    under_way_bytes_ += packet.cost;
    ++sent_;
}

// A few runs, and more when the leader has them, or the same when they seem to be lost again: what was lost
// may have been too much at once.
void Client::send_gap(Time now, Outbox& outbox) {
    if (gap_end_ <= admitted_) return;
    const bool on_their_way = admitted_ < gap_sent_below_ && now.since(gap_sent_) < kGapAgain;
    if (on_their_way) return;
    const std::size_t from = packet_of(admitted_);
    const std::size_t end = std::min(sent_, from + kRetryBurst);
    for (std::size_t k = from; k < end && packets_[k].first < gap_end_; ++k) {
        send_again(packets_[k], outbox);
        gap_sent_below_ = packets_[k].end;
    }
    gap_sent_ = now;
}

// Nothing was decided for long: the leader is asked what it has, and if that does not help, so are all
// proposers, for there may be another leader; what none of them has said to have is sent again. A client that
// waits for credit asks by what it sends next.
void Client::retry(Time now, Outbox& outbox) {
    if (packets_.empty()) retry_due_ = kNever;
    if (now < retry_due_) return;
    const bool in_vain = std::exchange(probed_, true) || leader_at_.is_none();
    if (in_vain) {
        retried_ = true;
        leader_at_ = {};
    }
    if (sent_ == 0) {
        send_next(now, outbox);
    } else {
        const bool has_all = admitted_ >= packets_[sent_ - 1].end;
        if (in_vain && !has_all) {
            send_first(outbox);
        } else {
            probe(outbox);
        }
        if (in_vain) patience_.was_in_vain();
    }
    retry_due_ = now + patience_.now();
}

// The last piece that was sent, by itself. It comes behind all that is still on its way: a leader that has
// everything before it says so, and if not, it says what is missing (a tail loss probe: RFC 8985, 7).
void Client::probe(Outbox& outbox) {
    const auto run = read_single_run(packets_[sent_ - 1].run);
    const std::uint32_t last = run->count() - 1;
    BatchWriter probe(options_.run_bytes_max);
    run->for_each_piece(last, [&](Bytes piece, bool ends_value) {
        SYNOD_CHECK(probe.add(options_.session, run->first().plus(last), piece, ends_value));
    });
    probe.take(probe_);
    outbox.send(Destination::to_process_or_group(leader_at_, Role::proposer), Submit{probe_});
}

// The first runs of those that the leader has not said to have.
void Client::send_first(Outbox& outbox) {
    doubtful_from_ = admitted_;
    doubtful_end_ = packets_[sent_ - 1].end;
    send_doubtful(outbox);
}

Time Client::deadline() const noexcept {
    const bool lingers = !open_.empty() && sent_ == packets_.size();
    return std::min(retry_due_, lingers ? open_since_ + options_.linger : kNever);
}

void Client::check_invariants() const {
    SYNOD_CHECK(sent_ <= packets_.size());
    if (packets_.empty()) return;
    SYNOD_CHECK(packets_.front().first <= next_ && next_ < packets_.front().end);
    PieceNumber at = packets_.front().first;
    for (const Packet& packet : packets_) {
        SYNOD_CHECK(packet.first == at && packet.end > at);  // C2
        at = packet.end;
    }
}

}  // namespace synod

#include "synod/server/snapshot_fetch.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include "synod/net/error.hpp"
#include "synod/node/tcp.hpp"
#include "synod/server/snapshot_head.hpp"

namespace synod::server {

namespace {

constexpr std::string_view kError = "ERR ";                 // that it is busy is no news
constexpr std::size_t kReservedMax = std::size_t{1} << 30;  // on the word of somebody else
constexpr unsigned kBuffersAtOnce = 64;

}  // namespace

SnapshotFetch::SnapshotFetch(Options options) : options_(std::move(options)), buffer_(options_.read_bytes) {}

void SnapshotFetch::begin(Time now) {
    if (wanted_ || options_.peers.empty()) return;
    wanted_ = true;
    told_ = told_ && comes_in_vain();
    due_ = not_before_;
    if (now >= due_) ask_next(now);
}

void SnapshotFetch::end() {
    stop();
    futile_pause_ = {};
    not_before_ = {};
}

void SnapshotFetch::was_of_no_use(Time now) {
    futile_pause_ = std::clamp(futile_pause_ * 2, options_.pause, options_.pause_max);
    not_before_ = now + futile_pause_;
}

void SnapshotFetch::stop() {
    wanted_ = again_ = false;
    stream_ = {};
    received_ = {};
    due_ = kNever;
}

void SnapshotFetch::ask_next(Time now) {
    peer_ = options_.peers[next_peer_++ % options_.peers.size()];
    received_.clear();
    size_.reset();
    asked_ = again_ = false;
    began_ = now;
    due_ = now + options_.patience;
    try {
        stream_ = node::connect_to(peer_, options_.from);
        events_.add(stream_.get(), 0);
    } catch (const std::runtime_error&) {
        give_up(now);
    }
}

void SnapshotFetch::give_up(Time now) {
    stream_ = {};
    received_ = {};
    again_ = false;
    due_ = now + options_.pause;
}

std::optional<std::string> SnapshotFetch::poll(Time now) {
    if (!wanted_) return std::nullopt;
    static_cast<void>(events_.look());
    if (!stream_) {
        if (now >= due_) ask_next(now);
        return std::nullopt;
    }
    Step step = Step::again;
    for (unsigned k = 0; k < kBuffersAtOnce && step == Step::again; ++k)
        step = go_on(now);
    again_ = step == Step::again;  // the others' turn first
    if (step == Step::failed || (step == Step::wait && now >= due_)) give_up(now);
    if (step != Step::whole) return std::nullopt;
    std::string snapshot = std::move(received_);
    snapshot.resize(*size_);
    stop();
    return snapshot;
}

SnapshotFetch::Step SnapshotFetch::go_on(Time now) {
    return asked_ ? receive(now) : send_request();
}

SnapshotFetch::Step SnapshotFetch::send_request() {
    const std::string request = fmt::format("SYNOD.SNAPSHOT {}\r\n", to_string(options_.log));
    const ssize_t count = ::send(stream_.get(), request.data(), request.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0) return errno == EAGAIN ? Step::wait : Step::failed;
    asked_ = static_cast<std::size_t>(count) == request.size();
    return asked_ ? Step::again : Step::failed;
}

SnapshotFetch::Step SnapshotFetch::receive(Time now) {
    const ssize_t count = ::recv(stream_.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return Step::wait;
    if (count <= 0) return Step::failed;
    received_.append(buffer_.data(), static_cast<std::size_t>(count));
    const Step head = size_ ? Step::whole : read_head();
    due_ = size_ ? now + options_.patience : began_ + options_.writing_patience;
    if (head != Step::whole) return head;
    return received_.size() < *size_ + kSnapshotLineEnd.size() ? Step::again : Step::whole;
}

// Takes off what it has read.
SnapshotFetch::Step SnapshotFetch::read_head() {
    const SnapshotHead head = read_snapshot_head(received_);
    switch (head.kind) {
        case SnapshotHead::Kind::incomplete:
            received_.erase(0, head.bytes);
            return Step::again;
        case SnapshotHead::Kind::refusal:
            if (head.reason.starts_with(kError))
                tell(fmt::format("says: {}", head.reason.substr(kError.size())));
            return Step::failed;
        case SnapshotHead::Kind::malformed:
            return Step::failed;
        case SnapshotHead::Kind::size:
            break;
    }
    if (head.size > options_.bytes_max) {
        tell(fmt::format("has a snapshot of {} bytes; {} is the most that is taken", head.size,
                         options_.bytes_max));
        return Step::failed;
    }
    size_ = head.size;
    received_.erase(0, head.bytes);
    received_.reserve(std::min(head.size + kSnapshotLineEnd.size(), kReservedMax));
    return Step::whole;
}

void SnapshotFetch::tell(const std::string& what) {
    if (!std::exchange(told_, true))
        options_.say(fmt::format("the server at {} {}", net::to_string(peer_), what));
}

}  // namespace synod::server

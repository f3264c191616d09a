#include "synod/server/snapshot_fetch.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <string_view>
#include <utility>

#include "synod/net/error.hpp"
#include "synod/node/tcp.hpp"

namespace synod::server {

namespace {

constexpr std::string_view kRequest = "SYNOD.SNAPSHOT\r\n";
constexpr std::string_view kEnd = "\r\n";
constexpr std::size_t kBufferBytes = 256 << 10;
constexpr std::size_t kHeadBytesMax = 64;
constexpr unsigned kBuffersAtOnce = 64;

}  // namespace

SnapshotFetch::SnapshotFetch(Options options) : options_(std::move(options)), buffer_(kBufferBytes) {}

void SnapshotFetch::begin(Time now) {
    if (wanted_ || options_.peers.empty()) return;
    wanted_ = true;
    ask_next(now);
}

void SnapshotFetch::end() {
    wanted_ = false;
    stream_ = {};
    received_ = {};
    due_ = kNever;
}

void SnapshotFetch::ask_next(Time now) {
    const net::Address peer = options_.peers[next_peer_++ % options_.peers.size()];
    received_.clear();
    size_.reset();
    asked_ = false;
    due_ = now + options_.patience;
    try {
        stream_ = node::connect_to(peer);
        events_.add(stream_.get(), 0);
    } catch (const std::runtime_error&) {
        give_up(now);
    }
}

void SnapshotFetch::give_up(Time now) {
    stream_ = {};
    received_ = {};
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
    if (step == Step::again) due_ = now;  // the others' turn first
    if (step == Step::failed || (step == Step::wait && now >= due_)) give_up(now);
    if (step != Step::whole) return std::nullopt;
    std::string snapshot = std::move(received_);
    snapshot.resize(*size_);
    end();
    return snapshot;
}

SnapshotFetch::Step SnapshotFetch::go_on(Time now) {
    return asked_ ? receive(now) : send_request();
}

SnapshotFetch::Step SnapshotFetch::send_request() {
    const ssize_t count =
        ::send(stream_.get(), kRequest.data(), kRequest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0) return errno == EAGAIN ? Step::wait : Step::failed;
    asked_ = static_cast<std::size_t>(count) == kRequest.size();
    return asked_ ? Step::again : Step::failed;
}

SnapshotFetch::Step SnapshotFetch::receive(Time now) {
    const ssize_t count = ::recv(stream_.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return Step::wait;
    if (count <= 0) return Step::failed;
    due_ = now + options_.patience;
    received_.append(buffer_.data(), static_cast<std::size_t>(count));
    if (!size_ && !read_head()) return received_.size() < kHeadBytesMax ? Step::again : Step::failed;
    return received_.size() < *size_ + kEnd.size() ? Step::again : Step::whole;
}

// "$1234\r\n", which is taken off. False: it is not there, or is something else.
bool SnapshotFetch::read_head() {
    const std::size_t end = received_.find(kEnd);
    if (end == std::string::npos || received_.front() != '$') return false;
    std::size_t size = 0;
    const auto [rest, error] = std::from_chars(received_.data() + 1, received_.data() + end, size);
    if (error != std::errc{} || rest != received_.data() + end || size > options_.bytes_max) return false;
    size_ = size;
    received_.erase(0, end + kEnd.size());
    return true;
}

}  // namespace synod::server

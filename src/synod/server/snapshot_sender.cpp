#include "synod/server/snapshot_sender.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "synod/node/clock.hpp"

namespace synod::server {

namespace {

constexpr std::size_t kSentAtOnce = 1 << 20;  // between two looks at the clock
constexpr std::string_view kSignOfLife = "\n";

// What the child sends, and how fast: it ends the child when that is too slow.
class Stream {
public:
    Stream(int fd, const SnapshotSender::Limits& limits)
        : fd_(fd), limits_(limits), counted_from_(node::now() + limits.grace) {
        const auto us = static_cast<std::int64_t>(limits.grace.ns / 1000);
        const timeval patience{us / 1'000'000, us % 1'000'000};
        static_cast<void>(::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience));
    }
    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t count =
                ::send(fd_, bytes.data(), std::min(bytes.size(), kSentAtOnce), MSG_NOSIGNAL);
            if (count < 0 && errno == EINTR) continue;  // whoever was stopped and goes on
            if (count <= 0) ::_exit(1);
            sent_ += static_cast<std::size_t>(count);
            if (is_slow()) ::_exit(1);
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
    }

private:
    [[nodiscard]] bool is_slow() const {
        const double seconds = static_cast<double>(node::now().since(counted_from_).ns) / 1e9;
        return static_cast<double>(sent_) < seconds * static_cast<double>(limits_.bytes_per_second);
    }

    int fd_;
    SnapshotSender::Limits limits_;
    Time counted_from_;
    std::size_t sent_ = 0;
};

// The child has a copy of every descriptor: clients that the server closes must not stay open by it.
void keep_only(int fd) {
    static_cast<void>(::close_range(3, static_cast<unsigned>(fd) - 1, 0));
    static_cast<void>(::close_range(static_cast<unsigned>(fd) + 1, ~0U, 0));
}

[[noreturn]] void be_sender(int fd, pid_t parent, const State& state, const LogName& log,
                            const SnapshotSender::Limits& limits) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    ::setpriority(PRIO_PROCESS, 0, 10);
    keep_only(fd);
    static_cast<void>(::fcntl(fd, F_SETFL, 0));
    try {
        Stream(fd, limits).send(kSignOfLife);
        std::string snapshot;
        encode(state, log, snapshot);
        Stream stream(fd, limits);
        stream.send(fmt::format("${}\r\n", snapshot.size()));
        stream.send(snapshot);
        stream.send("\r\n");
    } catch (const std::exception&) {
        ::_exit(1);
    }
    ::_exit(0);
}

}  // namespace

void refuse_snapshot(node::OwnedFd stream, std::string_view why) noexcept {
    static_cast<void>(::send(stream.get(), why.data(), why.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
}

void SnapshotSender::send(node::OwnedFd stream, const State& state) {
    tick();
    if (child_ >= 0) return refuse_snapshot(std::move(stream), kSnapshotBusy);
    const pid_t self = ::getpid();
    const pid_t child = ::fork();
    if (child == 0) be_sender(stream.get(), self, state, log_, limits_);
    if (child < 0) return refuse_snapshot(std::move(stream), kSnapshotBusy);
    child_ = child;
}

void SnapshotSender::tick() noexcept {
    if (child_ >= 0 && ::waitpid(child_, nullptr, WNOHANG) != 0) child_ = -1;
}

SnapshotSender::~SnapshotSender() {
    if (child_ < 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
}

}  // namespace synod::server

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

#include <string_view>

namespace synod::server {

namespace {

constexpr std::string_view kBusy = "-BUSY a snapshot is being sent to somebody else; ask again\r\n";
constexpr timeval kPatience{30, 0};  // with who does not read

void send_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) ::_exit(1);
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

// The child has a copy of every descriptor: clients that the server closes must not stay open by it.
void keep_only(int fd) {
    static_cast<void>(::close_range(3, static_cast<unsigned>(fd) - 1, 0));
    static_cast<void>(::close_range(static_cast<unsigned>(fd) + 1, ~0U, 0));
}

[[noreturn]] void be_sender(int fd, pid_t parent, const State& state) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    ::setpriority(PRIO_PROCESS, 0, 10);
    keep_only(fd);
    static_cast<void>(::fcntl(fd, F_SETFL, 0));
    static_cast<void>(::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience));
    try {
        std::string snapshot;
        encode(state, snapshot);
        send_all(fd, fmt::format("${}\r\n", snapshot.size()));
        send_all(fd, snapshot);
        send_all(fd, "\r\n");
    } catch (const std::exception&) {
        ::_exit(1);
    }
    ::_exit(0);
}

}  // namespace

void refuse_snapshot(node::OwnedFd stream) noexcept {
    static_cast<void>(::send(stream.get(), kBusy.data(), kBusy.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
}

void SnapshotSender::send(node::OwnedFd stream, const State& state) {
    tick();
    if (child_ >= 0) return refuse_snapshot(std::move(stream));
    const pid_t self = ::getpid();
    const pid_t child = ::fork();
    if (child == 0) be_sender(stream.get(), self, state);
    if (child < 0) return refuse_snapshot(std::move(stream));
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

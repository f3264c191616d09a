#include "synod/cli/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <utility>

namespace synod::cli {
namespace {

// glibc 2.36 declares both without C linkage, which C++ cannot link.
int open_pidfd(pid_t pid) {
    return static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
}
void send_signal(int pidfd, int number) {
    syscall(SYS_pidfd_send_signal, pidfd, number, nullptr, 0);
}

// Between fork and exec: only calls that are safe there.
[[noreturn]] void become(const Launch& launch, char* const* arguments, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    setpgid(0, 0);  // Ctrl-C is for the parent, which ends its children in order
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    std::signal(SIGPIPE, SIG_DFL);
    dup2(launch.in, 0);
    dup2(launch.out, 1);
    dup2(launch.err, 2);
    for (const int fd : launch.kept)
        fcntl(fd, F_SETFD, 0);
    execv("/proc/self/exe", arguments);
    _exit(127);
}

}  // namespace

std::string Ending::text() const {
    return by_signal ? fmt::format("killed by signal {} ({})", code, strsignal(code))
                     : fmt::format("exit status {}", code);
}

Process::Process(const Launch& launch) {
    std::vector<std::string> words{"synod"};
    words.insert(words.end(), launch.arguments.begin(), launch.arguments.end());
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);

    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ == 0) become(launch, arguments.data(), parent);
    if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "cannot start a process");
    pidfd_ = OwnedFd(open_pidfd(pid_));
    if (!pidfd_) {
        const int error = errno;
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
        throw std::system_error(error, std::generic_category(), "pidfd_open");
    }
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), pidfd_(std::move(other.pidfd_)), ending_(other.ending_) {}

Process::~Process() {
    if (pid_ < 0 || ending_) return;
    signal(SIGKILL);
    waitpid(pid_, nullptr, 0);
}

void Process::signal(int number) const noexcept {
    if (!ending_) send_signal(pidfd_.get(), number);
}

std::optional<Ending> Process::reap() noexcept {
    int status = 0;
    if (!ending_ && waitpid(pid_, &status, WNOHANG) == pid_)
        ending_ = WIFSIGNALED(status) ? Ending{true, WTERMSIG(status)} : Ending{false, WEXITSTATUS(status)};
    return ending_;
}

}  // namespace synod::cli

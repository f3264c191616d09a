#include "synod/cli/program_output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "synod/node/owned_fd.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to its users

namespace synod::cli {

namespace {

using node::OwnedFd;

constexpr int kOutputPatienceMs = 5000;

std::optional<std::string> read_until_end(int fd) {
    std::string text;
    std::array<char, 4096> bytes;
    for (;;) {
        pollfd waited{fd, POLLIN, 0};
        if (poll(&waited, 1, kOutputPatienceMs) <= 0) return std::nullopt;
        const ssize_t size = read(fd, bytes.data(), bytes.size());
        if (size <= 0) return text;
        text.append(bytes.data(), static_cast<std::size_t>(size));
    }
}

// Its output goes to `out`, its complaints nowhere. -1: it could not be started.
pid_t start(const std::vector<std::string>& command, int out) {
    std::vector<char*> arguments;
    for (const std::string& word : command)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t pid = -1;
    const int error = posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    return error == 0 ? pid : -1;
}

}  // namespace

std::optional<std::string> output_of(const std::vector<std::string>& command) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
    const OwnedFd read_end(ends[0]);
    OwnedFd write_end(ends[1]);
    const pid_t pid = start(command, write_end.get());
    write_end = OwnedFd();
    if (pid < 0) return std::nullopt;
    auto text = read_until_end(read_end.get());
    if (!text) kill(pid, SIGKILL);
    int status = 0;
    waitpid(pid, &status, 0);
    const bool well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return well ? text : std::nullopt;
}

}  // namespace synod::cli

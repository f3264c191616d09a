#include "synod/cli/log_directory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

#include "synod/cli/configuration.hpp"
#include "synod/cli/text.hpp"
#include "synod/core/delivery.hpp"
#include "synod/node/run_directory.hpp"
#include "synod/node/workload.hpp"

namespace synod::cli {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(std::string_view what, const std::string& path, int error) {
    throw UsageError(fmt::format("cannot {} {}: {}", what, shown(path, 200), std::strerror(error)));
}

OwnedFd open_or_throw(const std::string& path, int flags, std::string_view what) {
    OwnedFd fd(open(path.c_str(), flags | O_CLOEXEC, 0644));
    if (!fd) fail(what, path, errno);
    return fd;
}

bool is_free(std::uint16_t port) {
    const OwnedFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    return bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

// Four neighbours below the ports that the system hands out by itself.
std::uint16_t find_free_ports(std::random_device& random) {
    for (int attempt = 0; attempt < 1000; ++attempt) {
        const auto first = static_cast<std::uint16_t>(10'000 + random() % 20'000);
        if (is_free(first) && is_free(first + 1) && is_free(first + 2) && is_free(first + 3)) return first;
    }
    throw UsageError("no four free UDP ports were found from 10000 to 30000");
}

std::string groups_text(const std::string& ip, std::random_device& random) {
    std::string text;
    unsigned port = find_free_ports(random);
    for (int i = 0; i < kRoles; ++i)
        text += fmt::format("{} {} {}\n", name_of(static_cast<Role>(i)), ip, port++);
    return text;
}

std::string settings_text(const RunOptions& o) {
    std::string text =
        fmt::format("interface {}\nacceptors {}\nhistory {}\n", o.interface, o.acceptors, o.history_bytes);
    text += fmt::format("loss {}\nduplicate {}\nreorder {}\nseed {}\n", o.faults.loss, o.faults.duplicate,
                        o.faults.reorder, o.faults.seed);
    text += fmt::format("batch {}\ndirect-2b {}\nproactive-phase1 {}\n", o.policy.batch_values,
                        o.policy.direct_2b ? "on" : "off", o.policy.proactive_phase1 ? "on" : "off");
    text += fmt::format("leader {}\n", kOracleNames[static_cast<std::size_t>(o.leader.oracle)]);
    if (o.leader.ping != Duration{}) text += fmt::format("leader-ping {}\n", to_text(o.leader.ping));
    if (o.leader.suspect != Duration{}) text += fmt::format("leader-suspect {}\n", to_text(o.leader.suspect));
    return text;
}

// Many lines go out in few writes.
class LineWriter {
public:
    explicit LineWriter(const std::string& path) : path_(path), stream_(path, std::ios::binary) { check(); }

    void line(std::string_view text) {
        stream_.write(text.data(), static_cast<std::streamsize>(text.size())).put('\n');
    }
    void finish() {
        stream_.flush();
        check();
    }

private:
    void check() const {
        if (!stream_) fail("write", path_, errno);
    }

    std::string path_;
    std::ofstream stream_;
};

void write_generated(const std::string& path, const RunOptions& options, std::uint16_t client) {
    LineWriter out(path);
    node::ValueMaker maker(client, options.value_bytes);
    std::string line(options.value_bytes, ' ');
    for (std::uint64_t number = 0; number < options.values; ++number) {
        maker.write(number, reinterpret_cast<std::byte*>(line.data()));
        out.line(line);
    }
    out.finish();
}

void deal_lines(std::istream& input, std::vector<LineWriter>& clients) {
    std::string line;
    for (std::size_t next = 0; std::getline(input, line); next = (next + 1) % clients.size()) {
        if (line.size() > kValueBytesMax)
            throw UsageError(fmt::format("--input: {} is longer than {} MiB; split it", shown(line),
                                         kValueBytesMax >> 20));
        clients[next].line(line);
    }
    for (LineWriter& client : clients)
        client.finish();
}

}  // namespace

OwnedFd open_to_read(const std::string& path) {
    return open_or_throw(path, O_RDONLY, "read");
}

OwnedFd open_to_write(const std::string& path) {
    return open_or_throw(path, O_WRONLY | O_CREAT | O_TRUNC, "write");
}

LogDirectory::LogDirectory(const RunOptions& options) {
    if (take(options.logs)) {
        remove_old_files();
        return;
    }
    const std::string other = fmt::format("{}/{}", options.logs, getpid());
    if (options.logs_given || !take(other))
        throw UsageError(fmt::format("another run is writing to {}; choose another directory with --logs DIR",
                                     shown(options.logs, 200)));
    fmt::print(stderr, "another run is writing to {}; this one writes to {}\n", options.logs, other);
}

void LogDirectory::forget_cluster() {
    if (cluster_.empty()) return;
    std::error_code ignored;
    fs::remove_all(fs::path(node::run_directory_base("")) / node::run_directory_name(cluster_), ignored);
    cluster_.clear();
}

void LogDirectory::write(const std::string& name, const std::string& text) const {
    std::ofstream out(file(name), std::ios::binary);
    if (!(out << text).flush()) fail("write", file(name), errno);
}

bool LogDirectory::take(const std::string& path) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error) fail("make the directory", path, error.value());
    OwnedFd lock = open_or_throw(path + "/.lock", O_RDWR | O_CREAT, "write");
    if (flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return false;
    path_ = path;
    lock_ = std::move(lock);
    return true;
}

// Only what a run writes itself.
void LogDirectory::remove_old_files() const {
    for (const auto& entry : fs::directory_iterator(path_)) {
        const std::string extension = entry.path().extension().string();
        const std::string name = entry.path().filename().string();
        if (extension == ".trace" || extension == ".submitted" || extension == ".learned" ||
            extension == ".log" || name.starts_with("plot_") || name == "run.json" || name == "paxos.conf") {
            std::error_code ignored;
            fs::remove(entry.path(), ignored);
        }
    }
}

std::string LogDirectory::file_of(Role role, unsigned id, std::string_view suffix) const {
    return file(fmt::format("{}-{}{}", name_of(role), id, suffix));
}

void LogDirectory::write_configuration(const RunOptions& options) {
    std::random_device random;
    cluster_ = fmt::format("run-{:08x}{:08x}", random(), random());
    LineWriter out(file("paxos.conf"));
    out.line(fmt::format("# Made by 'synod run'.\n{}cluster {}\n{}", groups_text(options.ip, random),
                         cluster_, settings_text(options)));
    out.finish();
    node::Options what_processes_read;
    read_configuration(file("paxos.conf"), what_processes_read);
}

void LogDirectory::write_submissions(const RunOptions& options) const {
    if (!options.input) {
        for (unsigned id = 1; id <= options.clients; ++id)
            write_generated(file_of(Role::client, id, ".submitted"), options, static_cast<std::uint16_t>(id));
        return;
    }
    std::vector<LineWriter> clients;
    for (unsigned id = 1; id <= options.clients; ++id)
        clients.emplace_back(file_of(Role::client, id, ".submitted"));
    if (*options.input == "-") return deal_lines(std::cin, clients);
    if (fs::is_directory(*options.input)) fail("read", *options.input, EISDIR);
    std::ifstream stream(*options.input, std::ios::binary);
    if (!stream) fail("read", *options.input, errno);
    deal_lines(stream, clients);
}

}  // namespace synod::cli

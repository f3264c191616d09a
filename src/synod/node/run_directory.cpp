#include "synod/node/run_directory.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

#include "synod/net/proc.hpp"
#include "synod/node/random_bits.hpp"

namespace synod::node {

namespace {

constexpr mode_t kEveryone = 0666;
constexpr mode_t kEveryoneDirectory = 0777;
constexpr mode_t kEveryoneOwnFiles = 01777;

[[noreturn]] void fail(std::string_view doing, const std::string& path) {
    throw RunDirectoryError(
        fmt::format("cannot {} {}: {}. Processes of one cluster on one host meet in this directory; set "
                    "SYNOD_RUN_DIR, for all of them alike, to one that all their users can write",
                    doing, path, std::strerror(errno)));
}

// Opens a directory and makes it if there is none; whoever makes it sets its mode despite the umask.
OwnedFd open_directory(int parent, const std::string& name, const std::string& path, mode_t mode) {
    const bool made = mkdirat(parent, name.c_str(), mode) == 0;
    if (!made && errno != EEXIST) fail("make the directory", path);
    OwnedFd directory(openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory || (made && fchmod(directory.get(), mode) != 0)) fail("open the directory", path);
    return directory;
}

// The file, made if there is none, for every user to open.
OwnedFd open_file(int directory, const std::string& name, const std::string& path, int flags = 0) {
    OwnedFd file(
        openat(directory, name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | flags, kEveryone));
    if (!file) fail("open", path + "/" + name);
    static_cast<void>(fchmod(file.get(), kEveryone));  // only its owner can, and did
    return file;
}

bool lock(const OwnedFd& file, int operation, const std::string& path) {
    while (flock(file.get(), operation) != 0) {
        if (errno == EWOULDBLOCK) return false;
        if (errno != EINTR) fail("lock a file in", path);
    }
    return true;
}

std::string read_text(int fd) {
    char text[4096];
    const ssize_t size = read(fd, text, sizeof text);
    return {text, static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

std::string read_file(int directory, const std::string& name) {
    const OwnedFd file(openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    return file ? read_text(file.get()) : std::string();
}

void write_text(const OwnedFd& file, const std::string& text, const std::string& path) {
    const bool written = ftruncate(file.get(), 0) == 0 &&
                         pwrite(file.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
    if (!written) fail("write a file in", path);
}

// 0 when the text is not a number.
template <typename Number>
Number parse(std::string_view text, int base) {
    Number number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number, base);
    return number;
}

std::string run_text(std::uint64_t run) {
    return fmt::format("{:016x}", run);
}

std::uint64_t draw_run() {
    std::uint64_t run = 0;
    while (run == 0)
        run = random_bits();
    return run;
}

// Processes of different network namespaces do not hear each other: they are different hosts.
std::uint64_t network_namespace() {
    struct stat status {};
    return stat("/proc/self/ns/net", &status) == 0 ? status.st_ino : 0;
}

[[noreturn]] void fail_taken(const RunEntry& entry, int pid) {
    std::string owner = "another process";
    if (pid != 0) {
        const std::string command = net::command_of(pid);
        owner = fmt::format("process {}{}", pid, command.empty() ? "" : fmt::format(" ({})", command));
    }
    throw AlreadyRunning(fmt::format("{} {} of this cluster already runs on this host: {}. Stop it, or start "
                                     "this one with another id",
                                     entry.role, entry.id, owner),
                         pid);
}

// What is done to one cluster's directory while entering it, with the door held: one process after the other.
class Entrance {
public:
    Entrance(const RunEntry& entry, int directory, const std::string& path)
        : entry_(entry), directory_(directory), path_(path) {}

    // Holds `shared` when it returns: nobody draws another run id meanwhile.
    [[nodiscard]] std::uint64_t agree_on_run(const OwnedFd& shared) const {
        if (lock(shared, LOCK_EX | LOCK_NB, path_)) start_new_run();
        lock(shared, LOCK_SH, path_);
        const std::uint64_t run = entry_.fixed_run ? *entry_.fixed_run : standing_run();
        if (run == 0)
            throw RunDirectoryError(fmt::format(
                "{}/run holds no run id, though processes of this cluster live: they have a run id fixed by "
                "their configuration. Fix the same one for all",
                path_));
        return run;
    }

    [[nodiscard]] OwnedFd lock_role() const {
        OwnedFd file = open_file(directory_, fmt::format("{}-{}.lock", entry_.role, entry_.id), path_);
        if (!lock(file, LOCK_EX | LOCK_NB, path_)) fail_taken(entry_, parse<int>(read_text(file.get()), 10));
        write_text(file, fmt::format("{}\n", getpid()), path_);
        return file;
    }

    // False when the mark was there. A mark of a run id that a person fixed says so, and is kept for ever.
    [[nodiscard]] bool leave_mark(std::uint64_t run) const {
        const std::string name = fmt::format("{}-{}{}", entry_.role, entry_.id, mark_suffix(run));
        const bool there = faccessat(directory_, name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
        const OwnedFd mark = open_file(directory_, name, path_);
        if (entry_.fixed_run) write_text(mark, "fixed\n", path_);
        return !there;
    }

private:
    [[nodiscard]] static std::string mark_suffix(std::uint64_t run) {
        return fmt::format("-{}.mark", run_text(run));
    }

    [[nodiscard]] std::uint64_t standing_run() const {
        return parse<std::uint64_t>(read_file(directory_, "run"), 16);
    }

    // REQUIRES: nobody else lives. The new run id takes effect at once or not at all, and the marks of the
    // old run mean nothing in the new one.
    void start_new_run() const {
        if (entry_.fixed_run) return;
        const std::uint64_t old_run = standing_run();
        const std::string temporary = "run.new";
        unlinkat(directory_, temporary.c_str(), 0);
        write_text(open_file(directory_, temporary, path_, O_EXCL), run_text(draw_run()) + "\n", path_);
        if (renameat(directory_, temporary.c_str(), directory_, "run") != 0) fail("write", path_ + "/run");
        if (old_run != 0) clear_marks(old_run);
    }

    void clear_marks(std::uint64_t run) const {
        const int fd = openat(directory_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        const std::unique_ptr<DIR, int (*)(DIR*)> listing(fdopendir(fd), closedir);
        if (!listing) fail("read the directory", path_);
        while (const dirent* item = readdir(listing.get())) {
            const std::string name = item->d_name;
            if (name.ends_with(mark_suffix(run)) && read_file(directory_, name).empty()) {
                unlinkat(directory_, name.c_str(), 0);
            }
        }
    }

    const RunEntry& entry_;
    int directory_;
    const std::string& path_;
};

}  // namespace

std::uint64_t cluster_hash(const std::string& cluster) noexcept {
    std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
    for (const char c : cluster)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return hash;
}

std::string run_directory_base(const std::string& base) {
    if (!base.empty()) return base;
    const char* const chosen = std::getenv("SYNOD_RUN_DIR");
    return chosen != nullptr && *chosen != '\0' ? chosen : "/tmp/synod";
}

std::string run_directory_name(const std::string& cluster) {
    return fmt::format("{}-{}", run_text(cluster_hash(cluster)), network_namespace());
}

RunDirectory RunDirectory::enter(const RunEntry& entry) {
    const std::string base = run_directory_base(entry.base);
    const std::string name = run_directory_name(entry.cluster);
    RunDirectory self;
    self.path_ = base + "/" + name;
    const OwnedFd base_directory = open_directory(AT_FDCWD, base, base, kEveryoneOwnFiles);
    self.directory_ = open_directory(base_directory.get(), name, self.path_, kEveryoneDirectory);

    const OwnedFd door = open_file(self.directory_.get(), "door", self.path_);
    lock(door, LOCK_EX, self.path_);
    const Entrance entrance(entry, self.directory_.get(), self.path_);
    self.shared_lock_ = open_file(self.directory_.get(), "lock", self.path_);
    self.run_ = entrance.agree_on_run(self.shared_lock_);
    self.role_lock_ = entrance.lock_role();
    if (entry.leaves_mark) self.first_life_ = entrance.leave_mark(self.run_);
    return self;
}

}  // namespace synod::node

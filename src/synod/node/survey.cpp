#include "synod/node/survey.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <optional>
#include <sstream>

#include "synod/net/proc.hpp"
#include "synod/node/run_directory.hpp"

namespace synod::node {

namespace {

namespace fs = std::filesystem;
using net::read_whole;

template <typename Number>
std::optional<Number> leading_number(std::string_view text) {
    Number number{};
    const auto [after, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} ? std::optional(number) : std::nullopt;
}

std::uint64_t inode_of(const fs::path& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

// "acceptor-2.lock", "acceptor-2-<run>.mark": the role and its id.
std::optional<LivingRole> role_in(const std::string& name) {
    const std::size_t dash = name.find('-');
    if (dash == std::string::npos) return std::nullopt;
    const auto id = leading_number<std::uint16_t>(std::string_view(name).substr(dash + 1));
    if (!id) return std::nullopt;
    return LivingRole{name.substr(0, dash), *id, 0};
}

void look_at_file(const fs::path& path, std::string_view locks, std::string_view mark_end, Survey& found) {
    const std::string name = path.filename().string();
    auto role = role_in(name);
    if (!role) return;
    if (name.ends_with(".lock") && shows_exclusive_lock(locks, inode_of(path))) {
        role->pid = leading_number<int>(read_whole(path)).value_or(0);
        found.living.push_back(*role);
    } else if (name.ends_with(mark_end)) {
        found.dead_voters.push_back(role->id);
    }
}

void look_at_files(Survey& found) {
    const std::string locks = read_whole("/proc/locks");
    std::string run = read_whole(found.path + "/run");
    run.erase(std::min(run.find('\n'), run.size()));
    std::from_chars(run.data(), run.data() + run.size(), found.run, 16);
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(found.path, error))
        look_at_file(entry.path(), locks, "-" + run + ".mark", found);
    std::erase_if(found.dead_voters, [&](std::uint16_t id) {
        return std::any_of(found.living.begin(), found.living.end(), [id](const LivingRole& living) {
            return (living.role == "acceptor" || living.role == "server") && living.id == id;
        });
    });
    std::sort(found.dead_voters.begin(), found.dead_voters.end());
    std::sort(found.living.begin(), found.living.end(), [](const LivingRole& a, const LivingRole& b) {
        return std::tie(a.role, a.id) < std::tie(b.role, b.id);
    });
}

// Why this user could not make or change files there; empty: it could.
std::string obstacle(const fs::path& directory) {
    std::error_code error;
    const fs::file_status status = fs::status(directory, error);
    if (!fs::exists(status)) {
        const fs::path parent = fs::absolute(directory).parent_path();
        if (fs::exists(parent, error) && ::access(parent.c_str(), W_OK | X_OK) == 0) return {};
        return fmt::format("{} does not exist and cannot be made", directory.string());
    }
    if (!fs::is_directory(status)) return fmt::format("{} is not a directory", directory.string());
    if (::access(directory.c_str(), R_OK | W_OK | X_OK) == 0) return {};
    return fmt::format("{} cannot be written: {}", directory.string(), std::strerror(errno));
}

}  // namespace

bool shows_exclusive_lock(std::string_view proc_locks, std::uint64_t inode) {
    std::istringstream lines{std::string(proc_locks)};
    for (std::string line; std::getline(lines, line);) {
        // 1: FLOCK  ADVISORY  WRITE 4711 fd:01:2359297 0 EOF
        std::istringstream words(line);
        std::string number, kind, advisory, access, pid, file;
        words >> number >> kind >> advisory >> access >> pid >> file;
        if (kind != "FLOCK" || access != "WRITE") continue;
        const std::size_t colon = file.rfind(':');
        if (colon == std::string::npos) continue;
        if (leading_number<std::uint64_t>(std::string_view(file).substr(colon + 1)) == inode) return true;
    }
    return false;
}

Survey survey(const std::string& base, const std::string& cluster) {
    Survey found;
    const std::string root = run_directory_base(base);
    found.path = root + "/" + run_directory_name(cluster);
    found.problem = obstacle(root);
    std::error_code error;
    if (found.problem.empty() && fs::exists(found.path, error)) found.problem = obstacle(found.path);
    if (!found.problem.empty())
        found.remedy =
            "set SYNOD_RUN_DIR, for all processes of this host alike, to a directory that all their "
            "users can write";
    look_at_files(found);
    return found;
}

}  // namespace synod::node

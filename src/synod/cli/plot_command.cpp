#include "synod/cli/plot_command.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "synod/cli/plot_labels.hpp"
#include "synod/cli/text.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to its users

namespace synod::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kRunsMax = 6;  // lines that a print in black and white can tell apart
constexpr std::array<const char*, 3> kPlots{"cdf", "cartesian", "throughput"};

PlottedRun read_run(const std::string& directory) {
    const std::string path = directory + "/run.json";
    std::ifstream stream(path);
    if (!stream)
        throw UsageError(
            fmt::format("nothing to plot in {}: it has no run.json; expected a directory that "
                        "'synod run' wrote",
                        shown(directory, 200)));
    try {
        const auto json = nlohmann::ordered_json::parse(stream);
        if (json.at("delivered").get<std::uint64_t>() == 0)
            throw UsageError(
                fmt::format("nothing to plot in {}: this run delivered nothing", shown(directory, 200)));
        return {directory, json.at("options")};
    } catch (const nlohmann::json::exception& error) {
        throw UsageError(fmt::format("cannot read {}: {}", shown(path, 200), error.what()));
    }
}

// Latencies are measured in processes that live to the end.
void check_data(const std::string& directory) {
    for (const char* plot : kPlots) {
        const std::string path = fmt::format("{}/plot_{}.dat", directory, plot);
        std::ifstream stream(path);
        std::string line;
        if (!stream)
            throw UsageError(fmt::format("cannot read {}: {}; run 'synod run' once more", shown(path, 200),
                                         std::strerror(errno)));
        std::getline(stream, line);  // the names of the columns
        if (!std::getline(stream, line))
            throw UsageError(
                fmt::format("nothing to plot in {}: no learner (or, without learners, no client) "
                            "of this run ended well",
                            shown(path, 200)));
    }
}

// Beside the executable's checkout, wherever that was built or moved to.
fs::path find_scripts() {
    const fs::path executable = fs::read_symlink("/proc/self/exe");
    for (fs::path root = executable.parent_path(); root != root.root_path(); root = root.parent_path())
        if (fs::exists(root / "scripts/plotting/style.gp")) return root / "scripts/plotting";
    throw UsageError(fmt::format("no directory above {} has scripts/plotting; run the synod of a checkout",
                                 executable.string()));
}

// As gnuplot reads it between single quotes.
std::string quoted(const std::string& text) {
    std::string result = "'";
    for (const char c : text)
        result += c == '\'' ? "''" : std::string(1, c);
    return result + "'";
}

std::string settings_of(const std::vector<PlottedRun>& runs, const std::string& out) {
    const auto labels = labels_of(runs);
    std::string text = fmt::format("runs={}; out={}", runs.size(), quoted(out));
    for (std::size_t k = 0; k < runs.size(); ++k)
        text +=
            fmt::format("; run{0}={1}; label{0}={2}", k + 1, quoted(runs[k].directory), quoted(labels[k]));
    return text;
}

// Its complaints go where ours go.
void run_gnuplot(std::string settings, std::string script) {
    std::string program = "gnuplot";
    std::string option = "-e";
    std::array<char*, 5> arguments{program.data(), option.data(), settings.data(), script.data(), nullptr};
    pid_t pid = -1;
    const int error = posix_spawnp(&pid, program.c_str(), nullptr, nullptr, arguments.data(), environ);
    if (error == ENOENT)
        throw UsageError("gnuplot is not installed; install it with: apt-get install gnuplot-nox");
    if (error != 0) throw UsageError(fmt::format("cannot start gnuplot: {}", std::strerror(error)));
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        throw std::runtime_error(fmt::format("gnuplot could not draw with {}; see above", script));
}

}  // namespace

int plot_command(const PlotOptions& options) {
    if (options.directories.size() > kRunsMax)
        throw UsageError(fmt::format("{} runs are too many for one plot; expected at most {}",
                                     options.directories.size(), kRunsMax));
    std::vector<PlottedRun> runs;
    for (const std::string& directory : options.directories) {
        runs.push_back(read_run(directory));
        check_data(directory);
    }
    const std::string out = options.out.empty() ? options.directories.front() : options.out;
    std::error_code error;
    fs::create_directories(out, error);
    if (error)
        throw UsageError(fmt::format("cannot make the directory {}: {}", shown(out, 200), error.message()));
    const std::string settings = settings_of(runs, out);
    const fs::path scripts = find_scripts();
    for (const char* plot : kPlots) {
        run_gnuplot(settings, scripts / fmt::format("{}.gp", plot));
        fmt::print("{0}/plot_{1}.pdf\n{0}/plot_{1}.png\n", out, plot);
    }
    return 0;
}

}  // namespace synod::cli

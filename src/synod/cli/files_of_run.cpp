#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "synod/cli/checker.hpp"
#include "synod/cli/text.hpp"

namespace synod::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// The id in "<before><id><after>".
std::optional<std::uint64_t> id_in(std::string_view name, std::string_view before, std::string_view after) {
    if (!name.starts_with(before) || !name.ends_with(after) || name.size() <= before.size() + after.size())
        return std::nullopt;
    name.remove_prefix(before.size());
    name.remove_suffix(after.size());
    return parse_unsigned(name, 0, 65535);
}

// "client-1", "learner-2": the processes that the run killed on purpose.
std::set<std::string> killed_in(const fs::path& file) {
    std::set<std::string> killed;
    std::ifstream stream(file);
    if (!stream) return killed;
    try {
        const Json json = Json::parse(stream);
        for (const Json& process : json.value("killed", Json::array()))
            killed.insert(fmt::format("{}-{}", process.at("role").get<std::string>(),
                                      process.at("id").get<std::uint64_t>()));
    } catch (const Json::exception& error) {
        throw UsageError(fmt::format("cannot read {}: {}", file.string(), error.what()));
    }
    return killed;
}

std::vector<CheckedFile> files_like(const fs::path& directory, std::string_view role, std::string_view after,
                                    const std::set<std::string>& killed) {
    std::vector<std::pair<std::uint64_t, CheckedFile>> found;
    const std::string before = fmt::format("{}-", role);
    for (const auto& entry : fs::directory_iterator(directory))
        if (const auto id = id_in(entry.path().filename().string(), before, after))
            found.push_back({*id, {entry.path().string(), killed.contains(fmt::format("{}-{}", role, *id))}});
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<CheckedFile> files;
    for (auto& [id, file] : found)
        files.push_back(std::move(file));
    return files;
}

}  // namespace

CheckInput files_of_run(const std::string& directory) {
    std::error_code error;
    if (!fs::is_directory(directory, error))
        throw UsageError(
            fmt::format("cannot read {}: it is no directory; expected one that 'synod run' wrote",
                        shown(directory, 200)));
    const fs::directory_iterator readable(directory, error);
    if (error) throw UsageError(fmt::format("cannot read {}: {}", shown(directory, 200), error.message()));
    const auto killed = killed_in(fs::path(directory) / "run.json");
    CheckInput input{files_like(directory, "client", ".submitted", killed),
                     files_like(directory, "learner", ".learned", killed)};
    if (input.submitted.empty() || input.learned.empty())
        throw UsageError(
            fmt::format("nothing to check in {}: expected files client-<id>.submitted and "
                        "learner-<id>.learned",
                        shown(directory, 200)));
    return input;
}

}  // namespace synod::cli

#include "synod/cli/plot_labels.hpp"

#include <algorithm>

namespace synod::cli {
namespace {

using Json = nlohmann::ordered_json;

bool all_share(const std::string& name, const std::vector<PlottedRun>& runs) {
    return std::all_of(runs.begin(), runs.end(), [&](const PlottedRun& run) {
        return run.options.value(name, Json()) == runs.front().options.value(name, Json());
    });
}

std::string text_of(const std::string& name, const Json& value) {
    if (name == "batch" && value == 0) return "batch without limit";
    if (value.is_boolean()) return name + (value.get<bool>() ? " on" : " off");
    return name + " " + (value.is_string() ? value.get<std::string>() : value.dump());
}

}  // namespace

std::vector<std::string> labels_of(const std::vector<PlottedRun>& runs) {
    std::vector<std::string> labels;
    for (const PlottedRun& run : runs) {
        std::string label = run.directory;
        const char* before = ": ";
        for (const auto& [name, value] : run.options.items()) {
            if (all_share(name, runs)) continue;
            label += before + text_of(name, value);
            before = ", ";
        }
        labels.push_back(label);
    }
    return labels;
}

}  // namespace synod::cli

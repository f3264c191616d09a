// Every tests/scenarios/*.scenario happens as it says, and just as the trace beside it tells and the picture
// of it in docs/pictures, if there is one, shows. scripts/rewrite_traces.sh writes traces and pictures anew.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "synod/sim/scenario_run.hpp"
#include "synod/trace/diagram.hpp"
#include "synod/trace/text.hpp"

namespace synod::sim {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kShownMax = 20'000;

std::vector<std::string> scenario_names() {
    std::vector<std::string> names;
    for (const auto& file : fs::directory_iterator(SYNOD_SCENARIOS)) {
        if (file.path().extension() == ".scenario") names.push_back(file.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::string text_of_file(const fs::path& path) {
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

// Says how to write the expected one anew.
void compare(const std::string& made, const fs::path& path) {
    EXPECT_TRUE(made == text_of_file(path))
        << path << " is another one now; if that is meant, scripts/rewrite_traces.sh writes it anew:\n"
        << made.substr(0, kShownMax);
}

class ScenarioFile : public testing::TestWithParam<std::string> {};

TEST_P(ScenarioFile, HappensAsItsTraceTells) {
    const fs::path path = fs::path(SYNOD_SCENARIOS) / GetParam();
    std::ifstream in(path.string() + ".scenario");
    const Scenario scenario = read_scenario(in, GetParam() + ".scenario");

    const ScenarioResult result = run_scenario(scenario);
    EXPECT_EQ(result.failure, "");

    compare(trace::text_of(result.events, {}), path.string() + ".trace");
    const fs::path picture = fs::path(SYNOD_PICTURES) / (GetParam() + ".svg");
    if (fs::exists(picture)) compare(draw_svg(result.events, {.title = scenario.title}), picture);
}

INSTANTIATE_TEST_SUITE_P(All, ScenarioFile, testing::ValuesIn(scenario_names()),
                         [](const auto& file) { return file.param; });

}  // namespace
}  // namespace synod::sim

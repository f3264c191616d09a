// Every tests/scenarios/*.scenario happens as it says, and just as the trace beside it tells.
// scripts/rewrite_traces.sh writes the traces anew.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "synod/sim/scenario_run.hpp"
#include "synod/trace/text.hpp"

namespace synod::sim {
namespace {

namespace fs = std::filesystem;

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

class ScenarioFile : public testing::TestWithParam<std::string> {};

TEST_P(ScenarioFile, HappensAsItsTraceTells) {
    const fs::path path = fs::path(SYNOD_SCENARIOS) / GetParam();
    std::ifstream in(path.string() + ".scenario");
    const Scenario scenario = read_scenario(in, GetParam() + ".scenario");

    const ScenarioResult result = run_scenario(scenario);
    EXPECT_EQ(result.failure, "");

    const std::string trace = trace::text_of(result.events, {});
    if (std::getenv("SYNOD_REWRITE_TRACES") != nullptr) {
        std::ofstream(path.string() + ".trace") << trace;
    } else {
        EXPECT_EQ(trace, text_of_file(path.string() + ".trace"))
            << "if the change is meant, scripts/rewrite_traces.sh writes the traces anew";
    }
}

INSTANTIATE_TEST_SUITE_P(All, ScenarioFile, testing::ValuesIn(scenario_names()),
                         [](const auto& file) { return file.param; });

}  // namespace
}  // namespace synod::sim

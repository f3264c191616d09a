#include "synod/cli/check_command.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "synod/cli/checker.hpp"
#include "synod/cli/table.hpp"
#include "synod/cli/text.hpp"

namespace synod::cli {
namespace {

CheckInput input_of(const CheckOptions& given) {
    if (given.submitted.empty() && given.learned.empty()) return files_of_run(given.directory);
    if (given.submitted.empty() || given.learned.empty())
        throw UsageError("check: --submitted and --learned are needed together");
    CheckInput input;
    for (const std::string& path : given.submitted)
        input.submitted.push_back({path, false});
    for (const std::string& path : given.learned)
        input.learned.push_back({path, false});
    return input;
}

void print_json(const CheckResult& result) {
    nlohmann::ordered_json json{{"submitted", result.submitted}, {"delivered", result.delivered},
                                {"lost", result.lost},           {"duplicated", result.duplicated},
                                {"foreign", result.foreign},     {"misordered", result.misordered},
                                {"repeats", result.repeats},     {"verdict", name_of(result.verdict)}};
    json["findings"] = nlohmann::ordered_json::array();
    for (const Finding& finding : result.findings)
        json["findings"].push_back({{"verdict", name_of(finding.severity)}, {"text", finding.text}});
    fmt::print("{}", json_text(json));
}

void print_text(const CheckInput& input, const CheckResult& result) {
    for (const Finding& finding : result.findings)
        fmt::print("{}: {}\n", name_of(finding.severity), finding.text);
    fmt::print("submitted   {} by {} clients, {} of them equal to an earlier one\n", result.submitted,
               input.submitted.size(), result.repeats);
    fmt::print("delivered   {} at least, at each of {} learners\n", result.delivered, input.learned.size());
    fmt::print("lost        {}\n", result.lost);
    fmt::print("duplicated  {}\n", result.duplicated);
    fmt::print("foreign     {}\n", result.foreign);
    fmt::print("misordered  {}\n", result.misordered);
    fmt::print("verdict     {}\n", name_of(result.verdict));
}

}  // namespace

int check_command(const CheckOptions& given) {
    const CheckInput input = input_of(given);
    const CheckResult result = check(input);
    if (given.json)
        print_json(result);
    else
        print_text(input, result);
    return exit_status_of(result.verdict);
}

}  // namespace synod::cli

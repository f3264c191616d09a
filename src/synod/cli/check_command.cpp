#include "synod/cli/check_command.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "synod/cli/checker.hpp"
#include "synod/cli/executed.hpp"
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

void add_findings(nlohmann::ordered_json& json, const std::vector<Finding>& findings) {
    json["findings"] = nlohmann::ordered_json::array();
    for (const Finding& finding : findings)
        json["findings"].push_back({{"verdict", name_of(finding.severity)}, {"text", finding.text}});
}

void print_json(const CheckResult& result) {
    nlohmann::ordered_json json{{"submitted", result.submitted}, {"delivered", result.delivered},
                                {"lost", result.lost},           {"duplicated", result.duplicated},
                                {"foreign", result.foreign},     {"misordered", result.misordered},
                                {"repeats", result.repeats},     {"verdict", name_of(result.verdict)}};
    add_findings(json, result.findings);
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

void print_json(const ExecutedResult& result) {
    nlohmann::ordered_json json{{"operations", result.operations}, {"verdict", name_of(result.verdict)}};
    json["servers"] = nlohmann::ordered_json::array();
    for (const ExecutedFile& file : result.files) {
        nlohmann::ordered_json server{
            {"path", file.path}, {"operations", file.operations}, {"gaps", file.gaps}};
        server["last"] = file.last ? nlohmann::ordered_json(*file.last) : nlohmann::ordered_json(nullptr);
        json["servers"].push_back(std::move(server));
    }
    add_findings(json, result.findings);
    fmt::print("{}", json_text(json));
}

void print_text(const ExecutedResult& result) {
    for (const Finding& finding : result.findings)
        fmt::print("{}: {}\n", name_of(finding.severity), finding.text);
    for (const ExecutedFile& file : result.files)
        fmt::print("executed    {} operations, the last at {}, with {} gaps by snapshots: {}\n",
                   file.operations, file.last ? std::to_string(*file.last) : "no position", file.gaps,
                   file.path);
    fmt::print("positions   {}\n", result.operations);
    fmt::print("verdict     {}\n", name_of(result.verdict));
}

int check_executed_command(const CheckOptions& given) {
    if (!given.submitted.empty() || !given.learned.empty())
        throw UsageError("check: --executed compares the logs of servers by themselves");
    const ExecutedResult result = check_executed(given.executed);
    if (given.json)
        print_json(result);
    else
        print_text(result);
    return exit_status_of(result.verdict);
}

}  // namespace

int check_command(const CheckOptions& given) {
    if (!given.executed.empty()) return check_executed_command(given);
    const CheckInput input = input_of(given);
    const CheckResult result = check(input);
    if (given.json)
        print_json(result);
    else
        print_text(input, result);
    return exit_status_of(result.verdict);
}

}  // namespace synod::cli

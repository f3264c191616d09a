#include "synod/cli/doctor_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "synod/cli/doctor.hpp"
#include "synod/cli/table.hpp"

namespace synod::cli {

namespace {

std::string_view name_of(Health health) {
    switch (health) {
        case Health::ok:
            return "ok";
        case Health::warning:
            return "warning";
        case Health::problem:
            break;
    }
    return "problem";
}

std::ptrdiff_t count_of(const Diagnoses& found, Health health) {
    return std::count_if(found.begin(), found.end(),
                         [health](const Diagnosis& one) { return one.health == health; });
}

void print_json(const Diagnoses& found) {
    nlohmann::ordered_json checks = nlohmann::ordered_json::array();
    for (const Diagnosis& one : found)
        checks.push_back({{"check", one.check},
                          {"status", name_of(one.health)},
                          {"text", one.text},
                          {"remedy", one.remedy}});
    const nlohmann::ordered_json json{{"problems", count_of(found, Health::problem)},
                                      {"warnings", count_of(found, Health::warning)},
                                      {"checks", checks}};
    fmt::print("{}", json_text(json));
}

void print_text(const Diagnoses& found) {
    for (const Diagnosis& one : found) {
        fmt::print("{:8} {:14} {}{}{}\n", name_of(one.health), one.check, one.text,
                   one.remedy.empty() ? "" : " -> ", one.remedy);
    }
    const auto problems = count_of(found, Health::problem);
    const auto warnings = count_of(found, Health::warning);
    if (problems + warnings == 0) return fmt::print("all is well\n");
    fmt::print("problems: {}, warnings: {}\n", problems, warnings);
}

}  // namespace

int doctor_command(const DoctorOptions& given) {
    const Diagnoses found = examine(given.configuration);
    if (given.json)
        print_json(found);
    else
        print_text(found);
    return count_of(found, Health::problem) > 0 ? 1 : 0;
}

}  // namespace synod::cli

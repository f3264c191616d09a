#include "synod/cli/json_place.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "synod/cli/text.hpp"

namespace synod::cli {
namespace {

// Of the parser's message what follows its own names for the place.
std::string_view reason_of(std::string_view message) {
    const std::size_t place = message.find(": ");
    return place == std::string_view::npos ? message : message.substr(place + 2);
}

[[noreturn]] void fail_parsing(const std::string& place, const nlohmann::json::exception& error) {
    throw UsageError(
        fmt::format("{}: no JSON: {}; expected an object with \"servers\"", place, reason_of(error.what())));
}

constexpr int kDepthMax = 16;

// Looks at the text as it is parsed: remembers the names of the objects that are open.
class Watch {
public:
    explicit Watch(const std::string& file) : file_(file) {}

    void event(int depth, nlohmann::json::parse_event_t event, const nlohmann::json& parsed) {
        if (depth > kDepthMax)
            throw UsageError(fmt::format("{}: too deep; expected no more than {} brackets in one another",
                                         file_, kDepthMax));
        if (event == nlohmann::json::parse_event_t::object_start) {
            open_.emplace_back();
        } else if (event == nlohmann::json::parse_event_t::object_end) {
            open_.pop_back();
        } else if (event == nlohmann::json::parse_event_t::key &&
                   !open_.back().insert(parsed.get<std::string>()).second) {
            throw UsageError(fmt::format("{}: {} stands twice in one object; expected it once", file_,
                                         shown(parsed.get<std::string>())));
        }
    }

private:
    const std::string& file_;
    std::vector<std::set<std::string>> open_;
};

}  // namespace

nlohmann::json parse_json(std::string_view text, const std::string& file) {
    Watch watch(file);
    try {
        return nlohmann::json::parse(
            text, [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
                watch.event(depth, event, parsed);
                return true;
            });
    } catch (const nlohmann::json::parse_error& error) {
        const std::size_t at = std::min(error.byte == 0 ? 0 : error.byte - 1, text.size());
        const auto before = text.substr(0, at);
        fail_parsing(fmt::format("{}:{}", file, 1 + std::count(before.begin(), before.end(), '\n')), error);
    } catch (const nlohmann::json::exception& error) {  // a number beyond all that can be held
        fail_parsing(file, error);
    }
}

JsonPlace JsonPlace::member(const std::string& name) const {
    return {value_.at(name), file_, way_.empty() ? name : way_ + "." + name};
}

JsonPlace JsonPlace::element(std::size_t index) const {
    return {value_.at(index), file_, fmt::format("{}[{}]", way_, index)};
}

void JsonPlace::expect_object(const std::vector<std::string_view>& members) const {
    if (!value_.is_object())
        fail(shown_json(value_) + " is no object", fmt::format("{{...}} with {}", fmt::join(members, ", ")));
    for (const auto& [name, value] : value_.items())
        if (std::find(members.begin(), members.end(), name) == members.end())
            fail(shown(name) + " means nothing here", fmt::format("{}", fmt::join(members, ", ")));
}

void JsonPlace::fail(const std::string& what, std::string_view expected) const {
    throw UsageError(
        fmt::format("{}: {}{}{}; expected {}", file_, way_, way_.empty() ? "" : ": ", what, expected));
}

std::string shown_json(const nlohmann::json& value) {
    return shown(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace synod::cli

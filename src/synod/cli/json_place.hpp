#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace synod::cli {

// Parses a whole JSON text. Throws UsageError, which names the file and the line: it is none, or a name
// stands twice in one object.
nlohmann::json parse_json(std::string_view text, const std::string& file);

// A part of a JSON file, and the way to it, for messages: "servers[2].address".
class JsonPlace {
public:
    // The whole; both must outlive this.
    JsonPlace(const nlohmann::json& value, const std::string& file) : value_(value), file_(file) {}

    [[nodiscard]] const nlohmann::json& value() const noexcept { return value_; }
    [[nodiscard]] JsonPlace member(const std::string& name) const;
    [[nodiscard]] JsonPlace element(std::size_t index) const;
    // Throws UsageError: it is no object, or has other members than these.
    void expect_object(const std::vector<std::string_view>& members) const;
    // Throws UsageError.
    [[noreturn]] void fail(const std::string& what, std::string_view expected) const;

private:
    JsonPlace(const nlohmann::json& value, const std::string& file, std::string way)
        : value_(value), file_(file), way_(std::move(way)) {}

    const nlohmann::json& value_;
    const std::string& file_;
    std::string way_;
};

// As a person would write it, cut when it is long.
std::string shown_json(const nlohmann::json& value);

}  // namespace synod::cli

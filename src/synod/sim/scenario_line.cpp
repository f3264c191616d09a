#include "synod/sim/scenario_line.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace synod::sim {

namespace {

constexpr std::string_view kBetweenWords = " \t\r,:";

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};
constexpr std::array kTimes{Unit{"ns", 1}, Unit{"us", 1'000}, Unit{"ms", 1'000'000},
                            Unit{"s", 1'000'000'000}};
constexpr std::array kSizes{Unit{"", 1}, Unit{"KiB", 1 << 10}, Unit{"MiB", 1 << 20}};

// The number at the front of `text`, and what follows it.
bool split_number(std::string_view text, std::uint64_t& number, std::string_view& rest) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return false;
    rest = text.substr(static_cast<std::size_t>(end - text.data()));
    return true;
}

template <std::size_t kCount>
bool read_amount(std::string_view text, const std::array<Unit, kCount>& units, std::uint64_t& amount) {
    constexpr std::uint64_t kMax = 1'000'000'000'000;
    std::string_view rest;
    if (!split_number(text, amount, rest) || amount > kMax) return false;
    for (const Unit& unit : units) {
        if (rest != unit.name) continue;
        amount *= unit.factor;
        return true;
    }
    return false;
}

}  // namespace

ScenarioLine::ScenarioLine(std::string_view line, std::string place) : place_(std::move(place)) {
    std::size_t at = 0;
    while ((at = line.find_first_not_of(kBetweenWords, at)) != std::string_view::npos && line[at] != '#') {
        if (line[at] == '"') {
            at = read_text(line, at + 1);
        } else {
            const std::size_t end = std::min(line.find_first_of(kBetweenWords, at), line.size());
            words_.push_back({std::string(line.substr(at, end - at)), false});
            at = end;
        }
    }
}

std::size_t ScenarioLine::read_text(std::string_view line, std::size_t at) {
    const std::size_t end = line.find('"', at);
    if (end == std::string_view::npos) fail("a text does not end; expected another \"");
    words_.push_back({std::string(line.substr(at, end - at)), true});
    return end + 1;
}

bool ScenarioLine::at_number() const noexcept {
    return !at_end() && !at_text() && words_[next_].text.find_first_not_of("0123456789") == std::string::npos;
}

bool ScenarioLine::accept(std::string_view word) {
    if (at_end() || at_text() || words_[next_].text != word) return false;
    ++next_;
    return true;
}

void ScenarioLine::require(std::string_view word) {
    if (!accept(word)) fail_expecting(fmt::format("'{}'", word));
}

std::string ScenarioLine::word(std::string_view expected) {
    if (at_end() || at_text()) fail_expecting(expected);
    return words_[next_++].text;
}

std::string ScenarioLine::text() {
    if (!at_text()) fail_expecting("a text in quotes");
    return words_[next_++].text;
}

std::vector<std::string> ScenarioLine::texts() {
    std::vector<std::string> all{text()};
    while (at_text())
        all.push_back(text());
    return all;
}

std::uint64_t ScenarioLine::number(std::uint64_t min, std::uint64_t max) {
    std::uint64_t value = 0;
    std::string_view rest;
    const bool is_number = at_number() && split_number(words_[next_].text, value, rest);
    if (!is_number || value < min || value > max)
        fail_expecting(fmt::format("a number from {} to {}", min, max));
    ++next_;
    return value;
}

std::uint64_t ScenarioLine::bytes() {
    std::uint64_t amount = 0;
    if (at_end() || at_text() || !read_amount(words_[next_].text, kSizes, amount))
        fail_expecting("a number of bytes: 4096, 64KiB or 1MiB");
    ++next_;
    return amount;
}

Duration ScenarioLine::duration() {
    std::uint64_t amount = 0;
    if (at_end() || at_text() || !read_amount(words_[next_].text, kTimes, amount))
        fail_expecting("a time: 50us, 10ms or 1s");
    ++next_;
    return {amount};
}

void ScenarioLine::end() const {
    if (!at_end()) fail_expecting("the end of the line");
}

void ScenarioLine::fail(const std::string& what) const {
    throw ScenarioError(place_ + ": " + what);
}

void ScenarioLine::fail_expecting(std::string_view expected) const {
    if (at_end()) fail(fmt::format("the line ends; expected {}", expected));
    const Word& word = words_[next_];
    fail(fmt::format("{0}{1}{0}; expected {2}", word.quoted ? '"' : '\'', word.text, expected));
}

}  // namespace synod::sim

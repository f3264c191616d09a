#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "synod/core/time.hpp"
#include "synod/sim/scenario.hpp"

namespace synod::sim {

// One line of a scenario, read word by word. Whatever is not as expected is a ScenarioError.
class ScenarioLine {
public:
    // `place` is the file and line, for errors.
    ScenarioLine(std::string_view line, std::string place);

    [[nodiscard]] bool at_end() const noexcept { return next_ == words_.size(); }
    [[nodiscard]] bool at_text() const noexcept { return !at_end() && words_[next_].quoted; }
    [[nodiscard]] bool at_number() const noexcept;
    // Takes the next word if it is this one.
    bool accept(std::string_view word);
    void require(std::string_view word);
    std::string word(std::string_view expected);
    std::string text();
    std::vector<std::string> texts();  // one at least
    std::uint64_t number(std::uint64_t min, std::uint64_t max);
    std::uint64_t bytes();  // 4096, 64KiB
    Duration duration();    // 50us, 10ms, 1s
    void end() const;

    [[noreturn]] void fail(const std::string& what) const;
    // What is there is not what was expected.
    [[noreturn]] void fail_expecting(std::string_view expected) const;

private:
    struct Word {
        std::string text;
        bool quoted = false;
    };
    std::size_t read_text(std::string_view line, std::size_t at);

    std::string place_;
    std::vector<Word> words_;
    std::size_t next_ = 0;
};

}  // namespace synod::sim

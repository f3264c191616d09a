#include "synod/rsm/inline_command.hpp"

#include <charconv>

namespace synod::rsm {

namespace {

bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

char escaped(char c) {
    switch (c) {
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        case 'b':
            return '\b';
        case 'a':
            return '\a';
        default:
            return c;
    }
}

// Takes "41" of `\x41`, when it is that.
bool take_hexadecimal(std::string_view& line, std::string& word) {
    if (line.size() < 4 || line[1] != 'x') return false;
    unsigned value = 0;
    const auto result = std::from_chars(line.data() + 2, line.data() + 4, value, 16);
    if (result.ptr != line.data() + 4) return false;
    word.push_back(static_cast<char>(value));
    line.remove_prefix(4);
    return true;
}

// `line` begins with the quote. False: there is no other one.
bool take_quoted(std::string_view& line, std::string& word) {
    const char quote = line[0];
    line.remove_prefix(1);
    while (!line.empty() && line[0] != quote) {
        const bool escape = line[0] == '\\' && line.size() > 1 && (quote == '"' || line[1] == '\'');
        if (escape && quote == '"' && take_hexadecimal(line, word)) continue;
        word.push_back(escape ? (quote == '"' ? escaped(line[1]) : line[1]) : line[0]);
        line.remove_prefix(escape ? 2 : 1);
    }
    if (line.empty()) return false;
    line.remove_prefix(1);
    return line.empty() || is_space(line[0]);
}

// A word ends at white space, at a closing quote, or where a zero byte ends the line for Redis.
bool take_word(std::string_view& line, std::string& word) {
    while (!line.empty() && !is_space(line[0])) {
        if (line[0] == '"' || line[0] == '\'') return take_quoted(line, word);
        word.push_back(line[0]);
        line.remove_prefix(1);
    }
    return true;
}

}  // namespace

bool split_words(std::string_view line, std::vector<std::string>& words) {
    words.clear();
    line = line.substr(0, line.find('\0'));
    while (true) {
        while (!line.empty() && is_space(line[0]))
            line.remove_prefix(1);
        if (line.empty()) return true;
        if (!take_word(line, words.emplace_back())) return false;
    }
}

}  // namespace synod::rsm

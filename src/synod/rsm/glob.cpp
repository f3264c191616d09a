#include "synod/rsm/glob.hpp"

#include <algorithm>

namespace synod::rsm {

namespace {

unsigned char byte(char c) {
    return static_cast<unsigned char>(c);
}

struct ClassMatch {
    bool matches;
    std::size_t end;  // behind the class
};

// `at` is behind the opening bracket. A class that nobody closes goes to the end of the pattern.
ClassMatch match_class(std::string_view pattern, std::size_t at, char c) noexcept {
    const bool negated = at < pattern.size() && pattern[at] == '^';
    if (negated) ++at;
    bool found = false;
    for (; at < pattern.size(); ++at) {
        if (pattern[at] == '\\' && at + 1 < pattern.size()) {
            ++at;
            found = found || pattern[at] == c;
        } else if (pattern[at] == ']') {
            ++at;
            break;
        } else if (at + 2 < pattern.size() && pattern[at + 1] == '-') {
            const auto [low, high] = std::minmax({byte(pattern[at]), byte(pattern[at + 2])});
            found = found || (low <= byte(c) && byte(c) <= high);
            at += 2;
        } else {
            found = found || pattern[at] == c;
        }
    }
    return {found != negated, at};
}

// What stands at `at` of the pattern, which is no star, against one character.
ClassMatch match_one(std::string_view pattern, std::size_t at, char c) noexcept {
    switch (pattern[at]) {
        case '?':
            return {true, at + 1};
        case '[':
            return match_class(pattern, at + 1, c);
        case '\\':
            if (at + 1 < pattern.size()) ++at;
            [[fallthrough]];
        default:
            return {pattern[at] == c, at + 1};
    }
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view text) noexcept {
    constexpr std::size_t kNone = std::string_view::npos;
    std::size_t at = 0;               // in the pattern
    std::size_t behind_star = kNone;  // of the last star, and where in the text what follows it was tried
    std::size_t tried = 0;
    std::size_t i = 0;
    while (i < text.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            behind_star = ++at;
            tried = i;
            continue;
        }
        const ClassMatch one = at < pattern.size() ? match_one(pattern, at, text[i]) : ClassMatch{false, at};
        if (one.matches) {
            at = one.end;
            ++i;
        } else if (behind_star != kNone) {
            at = behind_star;
            i = ++tried;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', at) == kNone;
}

}  // namespace synod::rsm

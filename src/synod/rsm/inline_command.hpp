#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace synod::rsm {

// The words of a line that a person typed: separated by white space; "in double quotes" with \n, \r, \t, \b,
// \a, \x41, and any other character after a backslash for itself; 'in single quotes' with \' alone. False: a
// quote is not closed, or not followed by white space.
[[nodiscard]] bool split_words(std::string_view line, std::vector<std::string>& words);

}  // namespace synod::rsm

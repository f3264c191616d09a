// Numbers, patterns and words, as Redis has them; tests/e2e/redis_test.py asks Redis itself.

#include <gtest/gtest.h>

#include <limits>

#include "synod/rsm/glob.hpp"
#include "synod/rsm/inline_command.hpp"
#include "synod/rsm/number.hpp"

namespace synod::rsm {
namespace {

TEST(Integer, IsWrittenInOneWay) {
    EXPECT_EQ(parse_integer("0"), 0);
    EXPECT_EQ(parse_integer("-17"), -17);
    EXPECT_EQ(parse_integer("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(parse_integer("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
    for (const std::string_view odd :
         {"", "-", "+1", "01", "-0", "-01", " 1", "1 ", "1.0", "0x1", "9223372036854775808"})
        EXPECT_EQ(parse_integer(odd), std::nullopt) << odd;
}

TEST(Float, IsReadAndWrittenAsRedisDoes) {
    EXPECT_EQ(float_text(parse_float("3.0e3").value()), "3000");
    EXPECT_EQ(float_text(parse_float("0.1").value() + parse_float("0.2").value()), "0.3");
    EXPECT_EQ(float_text(parse_float("-0").value()), "0");
    EXPECT_EQ(parse_float("+0x1.8p1"), 3.0L);
    for (const std::string_view odd : {"", " 1", "1 ", "nan", "-nan", "1,5", "--1", "0x-1", "1e"})
        EXPECT_EQ(parse_float(odd), std::nullopt) << odd;
}

TEST(Glob, MatchesTheWholeText) {
    EXPECT_TRUE(glob_matches("h[^a-d]?l*o", "hello"));
    EXPECT_FALSE(glob_matches("h[^a-e]llo", "hello"));
    EXPECT_TRUE(glob_matches("\\*[\\]]", "*]"));
    EXPECT_TRUE(glob_matches("[z-a]", "m"));
    EXPECT_TRUE(glob_matches("[abc", "c"));
    EXPECT_TRUE(glob_matches("a**", "a"));
    EXPECT_FALSE(glob_matches("a", "ab"));
    EXPECT_FALSE(glob_matches("", "a"));
}

TEST(Glob, TakesNoLongerForManyStars) {
    std::string pattern;
    for (int i = 0; i < 100; ++i)
        pattern += "a*";
    EXPECT_FALSE(glob_matches(pattern + "b", std::string(10'000, 'a')));
}

TEST(InlineCommand, IsSplitIntoWords) {
    std::vector<std::string> words;
    ASSERT_TRUE(split_words(" set\tkey \"a\\x41\\n\\\"\" 'it\\'s' x\"y z\" ", words));
    EXPECT_EQ(words, (std::vector<std::string>{"set", "key", "aA\n\"", "it's", "xy z"}));
    ASSERT_TRUE(split_words("", words));
    EXPECT_TRUE(words.empty());
    for (const std::string_view odd : {"\"a", "'a", "\"a\"b", "'a'b", "\"a\\"})
        EXPECT_FALSE(split_words(odd, words)) << odd;
}

}  // namespace
}  // namespace synod::rsm

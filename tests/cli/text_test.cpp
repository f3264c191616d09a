#include "synod/cli/text.hpp"

#include <gtest/gtest.h>

namespace synod::cli {
namespace {

TEST(Text, ShowsBytesInQuotesWithUnprintableOnesEscaped) {
    EXPECT_EQ(shown("plain"), "'plain'");
    EXPECT_EQ(shown(""), "''");
    EXPECT_EQ(shown(std::string_view("a\0b\r\x7f\t'\\", 8)), "'a\\x00b\\x0d\\x7f\\t\\'\\\\'");
    EXPECT_EQ(shown("\xc3\xa4"), "'\xc3\xa4'");
}

TEST(Text, LeavesOutTheMiddleOfLongBytes) {
    EXPECT_EQ(shown(std::string(50, 'a') + std::string(50, 'b'), 20),
              "'aaaaaaaaaaaaaaa...bbbbb' (100 bytes)");
}

TEST(Text, ParsesNumbersWholeOrNotAtAll) {
    EXPECT_EQ(parse_unsigned("42", 0, 100), 42U);
    for (const char* text : {"", "-1", "101", "4 2", "0x1", "1.5", "99999999999999999999", "+1"})
        EXPECT_FALSE(parse_unsigned(text, 0, 100)) << text;
    EXPECT_EQ(parse_number("0.25", 0, 1), 0.25);
    for (const char* text : {"", "nan", "inf", "-0.1", "1.1", "0.5x"})
        EXPECT_FALSE(parse_number(text, 0, 1)) << text;
}

TEST(Text, ParsesSizes) {
    EXPECT_EQ(parse_size("0"), 0U);
    EXPECT_EQ(parse_size("4096"), 4096U);
    EXPECT_EQ(parse_size("10B"), 10U);
    EXPECT_EQ(parse_size("64K"), 65536U);
    EXPECT_EQ(parse_size("256MiB"), std::uint64_t{256} << 20);
    EXPECT_EQ(parse_size("1GB"), std::uint64_t{1} << 30);
    for (const char* text : {"", "K", "1KiBs", "1X", "-1", "1iB", "99999999999G"})
        EXPECT_FALSE(parse_size(text)) << text;
}

TEST(Text, SecondsMayHaveTheirUnit) {
    EXPECT_EQ(parse_seconds("2"), 2.0);
    EXPECT_EQ(parse_seconds("0.5s"), 0.5);
    for (const char* text : {"", "s", "-1", "1ms", "nan", "1 s"})
        EXPECT_FALSE(parse_seconds(text)) << text;
}

}  // namespace
}  // namespace synod::cli

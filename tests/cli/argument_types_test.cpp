#include "synod/cli/argument_types.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace synod::cli {
namespace {

// What the option's value becomes.
template <typename Number>
Number parse(const CLI::Validator& validator, const std::string& text) {
    CLI::App app;
    Number number{};
    app.add_option("--option", number)->transform(validator);
    std::vector<std::string> words{text, "--option"};  // from the last one on
    app.parse(words);
    return number;
}

TEST(ArgumentTypes, ACountIsDecimal) {
    EXPECT_EQ(parse<std::uint64_t>(count(), "010"), 10U);
    EXPECT_EQ(parse<unsigned>(count(1, 15), "09"), 9U);
    EXPECT_EQ(parse<std::uint64_t>(count(), "18446744073709551615"), ~std::uint64_t{0});
    for (const char* text : {"0x10", "-1", "+1", "1e3", "", " 1", "18446744073709551616"})
        EXPECT_THROW(parse<std::uint64_t>(count(), text), CLI::ValidationError) << text;
}

TEST(ArgumentTypes, ACountOutsideItsRangeIsAnErrorThatNamesTheRange) {
    EXPECT_THROW(parse<unsigned>(count(1), "0"), CLI::ValidationError);
    try {
        parse<unsigned>(count(1, 15), "16");
        FAIL();
    } catch (const CLI::ValidationError& error) {
        EXPECT_EQ(std::string(error.what()), "--option: '16' is not a number from 1 to 15");
    }
}

}  // namespace
}  // namespace synod::cli

#include "synod/cli/program_output.hpp"

#include <gtest/gtest.h>

namespace synod::cli {
namespace {

TEST(OutputOfAProgram, IsThereOnlyWhenItEndsWell) {
    EXPECT_EQ(output_of({"printf", "two\\nlines"}), "two\nlines");
    EXPECT_EQ(output_of({"false"}), std::nullopt);
    EXPECT_EQ(output_of({"/nosuch/program"}), std::nullopt);
}

}  // namespace
}  // namespace synod::cli

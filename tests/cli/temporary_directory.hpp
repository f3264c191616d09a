#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace synod::cli {

// A directory of its own for each test.
class InTemporaryDirectory : public ::testing::Test {
protected:
    InTemporaryDirectory() {
        std::string name = (std::filesystem::temp_directory_path() / "synod-test-XXXXXX").string();
        directory_ = mkdtemp(name.data());
    }
    ~InTemporaryDirectory() override {
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }

    [[nodiscard]] std::string path(const std::string& name) const { return directory_ + "/" + name; }
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(path(name), std::ios::binary) << text;
        return path(name);
    }

    std::string directory_;
};

}  // namespace synod::cli

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace synod::cli {

// A file of values, one a line, mapped into memory, as a sequence of hashes: two values are taken for
// equal when their 64-bit hashes are. The last line may lack its newline.
class LineFile {
public:
    enum class LastLine { whole, dropped_when_cut };

    // `dropped_when_cut`: a writer that was killed may have left half a line. Throws UsageError.
    explicit LineFile(std::string path, LastLine last_line = LastLine::whole);
    LineFile(LineFile&& other) noexcept;
    LineFile& operator=(LineFile&&) = delete;
    ~LineFile();

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] std::span<const std::uint64_t> hashes() const noexcept { return hashes_; }
    [[nodiscard]] std::size_t size() const noexcept { return hashes_.size(); }
    [[nodiscard]] std::uint64_t value_bytes() const noexcept;

    // The value at an index, from 0. Reads the file from its beginning on: for messages to people.
    [[nodiscard]] std::string_view value(std::size_t index) const noexcept;
    // "file:line", from 1.
    [[nodiscard]] std::string place(std::size_t index) const;

private:
    void map();
    void hash_lines();

    std::string path_;
    std::string_view text_;
    void* memory_ = nullptr;
    std::size_t mapped_bytes_ = 0;
    std::vector<std::uint64_t> hashes_;
};

}  // namespace synod::cli

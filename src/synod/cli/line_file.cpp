#include "synod/cli/line_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "synod/cli/text.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace synod::cli {
namespace {

[[noreturn]] void fail_reading(const std::string& path, const char* why) {
    throw UsageError(fmt::format("cannot read {}: {}", shown(path, 200), why));
}

// Takes the first line off a text.
std::string_view take_line(std::string_view& text) {
    const void* newline = std::memchr(text.data(), '\n', text.size());
    const std::size_t end = newline == nullptr
                                ? text.size()
                                : static_cast<std::size_t>(static_cast<const char*>(newline) - text.data());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(newline == nullptr ? end : end + 1);
    return line;
}

}  // namespace

LineFile::LineFile(std::string path, LastLine last_line) : path_(std::move(path)) {
    map();
    if (last_line == LastLine::dropped_when_cut) text_ = text_.substr(0, text_.rfind('\n') + 1);
    hash_lines();
}

LineFile::LineFile(LineFile&& other) noexcept
    : path_(std::move(other.path_)),
      text_(std::exchange(other.text_, {})),
      memory_(std::exchange(other.memory_, nullptr)),
      mapped_bytes_(other.mapped_bytes_),
      hashes_(std::move(other.hashes_)) {}

LineFile::~LineFile() {
    if (memory_ != nullptr) munmap(memory_, mapped_bytes_);
}

void LineFile::map() {
    const int fd = open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) fail_reading(path_, std::strerror(errno));
    struct stat status {};
    fstat(fd, &status);
    if (!S_ISREG(status.st_mode)) {
        close(fd);
        fail_reading(path_, S_ISDIR(status.st_mode) ? "it is a directory" : "it is not a regular file");
    }
    mapped_bytes_ = static_cast<std::size_t>(status.st_size);
    void* memory = mapped_bytes_ == 0 ? nullptr : mmap(nullptr, mapped_bytes_, PROT_READ, MAP_PRIVATE, fd, 0);
    const int error = errno;
    close(fd);
    if (memory == MAP_FAILED) fail_reading(path_, std::strerror(error));
    memory_ = memory;
    text_ = {static_cast<const char*>(memory), mapped_bytes_};
    if (memory_ != nullptr) madvise(memory_, mapped_bytes_, MADV_SEQUENTIAL);
}

void LineFile::hash_lines() {
    std::string_view rest = text_;
    while (!rest.empty()) {
        const std::string_view line = take_line(rest);
        hashes_.push_back(XXH3_64bits(line.data(), line.size()));
    }
}

std::uint64_t LineFile::value_bytes() const noexcept {
    const bool whole = text_.empty() || text_.back() == '\n';
    return text_.size() - hashes_.size() + (whole ? 0 : 1);
}

std::string_view LineFile::value(std::size_t index) const noexcept {
    std::string_view rest = text_;
    for (std::size_t i = 0; i < index; ++i)
        take_line(rest);
    return take_line(rest);
}

std::string LineFile::place(std::size_t index) const {
    return fmt::format("{}:{}", path_, index + 1);
}

}  // namespace synod::cli

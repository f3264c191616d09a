#include "synod/core/batch.hpp"

#include <algorithm>
#include <cstring>

#include "synod/core/check.hpp"

namespace synod {

namespace {

constexpr std::size_t kCountAt = 24;
constexpr std::size_t kBytesAt = 28;
constexpr std::size_t kFlagsAt = 32;
constexpr std::size_t kLengthAt = 33;
constexpr unsigned kMoreFlag = 1;

// 16-bit lanes would overflow on long runs; the plain loop vectorises well.
std::size_t sum_of_bytes(const std::byte* lengths, std::size_t count) noexcept {
    std::size_t sum = 0;
    for (std::size_t k = 0; k < count; ++k)
        sum += static_cast<std::size_t>(lengths[k]);
    return sum;
}

std::size_t sum_of_words(const std::byte* lengths, std::size_t count) noexcept {
    std::size_t sum = 0;
    for (std::size_t k = 0; k < count; ++k)
        sum += load<std::uint16_t>(lengths + 2 * k);
    return sum;
}

}  // namespace

std::optional<Run> RunReader::next() noexcept {
    if (rest_.size() < kRunHeaderBytes) return std::nullopt;
    const std::byte* at = rest_.data();
    Run run;
    run.session_ = {load<std::uint64_t>(at), load<std::uint64_t>(at + 8)};
    run.first_ = PieceNumber{load<std::uint64_t>(at + 16)};
    run.count_ = load<std::uint32_t>(at + kCountAt);
    const std::size_t piece_bytes = load<std::uint32_t>(at + kBytesAt);
    const auto flags = static_cast<unsigned>(at[kFlagsAt]);
    run.more_ = (flags & kMoreFlag) != 0;
    run.width_ = flags >> 1;
    run.uniform_ = load<std::uint16_t>(at + kLengthAt);
    run.lengths_ = at + kRunHeaderBytes;

    const std::size_t rest = rest_.size() - kRunHeaderBytes;
    if (run.width_ > 2 || run.count_ == 0 || run.count_ > kRunPiecesMax) return std::nullopt;
    if (run.first_.value() > ~std::uint64_t{0} - run.count_) return std::nullopt;
    const std::size_t lengths_size = std::size_t{run.count_} * run.width_;
    if (lengths_size > rest || piece_bytes > rest - lengths_size) return std::nullopt;
    const std::size_t sum = run.width_ == 0   ? run.uniform_ * std::size_t{run.count_}
                            : run.width_ == 1 ? sum_of_bytes(run.lengths_, run.count_)
                                              : sum_of_words(run.lengths_, run.count_);
    if (sum != piece_bytes) return std::nullopt;

    const std::size_t size = kRunHeaderBytes + lengths_size + piece_bytes;
    run.pieces_ = rest_.subspan(kRunHeaderBytes + lengths_size, piece_bytes);
    run.encoded_ = rest_.first(size);
    rest_ = rest_.subspan(size);
    return run;
}

std::optional<Run> read_single_run(Bytes bytes) noexcept {
    RunReader reader(bytes);
    const auto run = reader.next();
    return reader.at_end() ? run : std::nullopt;
}

BatchWriter::BatchWriter(std::size_t bytes_max) : bytes_max_(bytes_max) {
    SYNOD_CHECK(bytes_max > kRunHeaderBytes + 2);
}

bool BatchWriter::continues(SessionId session, PieceNumber number) const noexcept {
    return !lengths_.empty() && lengths_.size() < kRunPiecesMax && session == session_ &&
           number == first_.plus(lengths_.size()) && !more_;
}

std::size_t BatchWriter::size() const noexcept {
    return batch_.size() + width() * lengths_.size();
}

std::size_t BatchWriter::room(SessionId session, PieceNumber number) const noexcept {
    const std::size_t used = batch_.size() + 2 * lengths_.size();
    const std::size_t overhead = continues(session, number) ? 2 : kRunHeaderBytes + 2;
    return used + overhead >= bytes_max_ ? 0 : std::min(bytes_max_ - used - overhead, kPieceBytesMax);
}

bool BatchWriter::add(SessionId session, PieceNumber number, Bytes piece, bool ends_value) {
    const bool narrow = piece.size() < 256;
    if (continues(session, number)) {
        const bool still_uniform = uniform_ && lengths_.front() == piece.size();
        const std::size_t width = still_uniform ? 0 : narrow_ && narrow ? 1 : 2;
        if (batch_.size() + width * (lengths_.size() + 1) + piece.size() > bytes_max_) return false;
        uniform_ = still_uniform;
        narrow_ = narrow_ && narrow;
    } else {
        if (size() + kRunHeaderBytes + piece.size() > bytes_max_) return false;
        begin_run(session, number);
        narrow_ = narrow;
    }
    more_ = !ends_value;
    lengths_.push_back(static_cast<std::uint16_t>(piece.size()));
    batch_.insert(batch_.end(), piece.begin(), piece.end());
    ++pieces_;
    return true;
}

bool BatchWriter::add_run(const Run& run) {
    if (size() + run.encoded().size() > bytes_max_) return false;
    close_run();
    batch_.insert(batch_.end(), run.encoded().begin(), run.encoded().end());
    pieces_ += run.count();
    return true;
}

void BatchWriter::begin_run(SessionId session, PieceNumber first) {
    close_run();
    session_ = session;
    first_ = first;
    run_at_ = batch_.size();
    batch_.resize(run_at_ + kRunHeaderBytes);
}

void BatchWriter::close_run() {
    if (lengths_.empty()) return;
    std::byte* const header = batch_.data() + run_at_;
    const std::size_t piece_bytes = batch_.size() - run_at_ - kRunHeaderBytes;
    store(header, session_.high);
    store(header + 8, session_.low);
    store(header + 16, first_.value());
    store(header + kCountAt, static_cast<std::uint32_t>(lengths_.size()));
    store(header + kBytesAt, static_cast<std::uint32_t>(piece_bytes));
    header[kFlagsAt] = static_cast<std::byte>((more_ ? kMoreFlag : 0) | width() << 1);
    store(header + kLengthAt, uniform_ ? lengths_.front() : std::uint16_t{0});
    if (!uniform_) insert_lengths();
    forget_run();
}

void BatchWriter::insert_lengths() {
    const std::size_t width = this->width();
    const std::size_t at = run_at_ + kRunHeaderBytes;
    const std::size_t piece_bytes = batch_.size() - at;
    batch_.resize(batch_.size() + width * lengths_.size());
    std::byte* to = batch_.data() + at;
    std::memmove(to + width * lengths_.size(), to, piece_bytes);
    for (const std::uint16_t length : lengths_) {
        if (width == 1) *to = static_cast<std::byte>(length);
        if (width == 2) store(to, length);
        to += width;
    }
}

void BatchWriter::forget_run() noexcept {
    session_ = {};
    first_ = {};
    more_ = false;
    uniform_ = narrow_ = true;
    lengths_.clear();
}

Bytes BatchWriter::finish() {
    close_run();
    return batch_;
}

void BatchWriter::take(std::vector<std::byte>& batch) {
    close_run();
    batch.swap(batch_);
    clear();
}

void BatchWriter::clear() noexcept {
    batch_.clear();
    pieces_ = 0;
    forget_run();
}

}  // namespace synod

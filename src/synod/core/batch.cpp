#include "synod/core/batch.hpp"

#include <algorithm>
#include <array>

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

// Bytes of each length in a run: none when all are the same.
unsigned width_of(bool uniform, bool narrow) noexcept {
    return uniform ? 0 : narrow ? 1 : 2;
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

std::size_t BatchWriter::open_run_size(std::uint32_t count, std::size_t piece_bytes) const noexcept {
    if (count == 0) return 0;
    const std::size_t width = width_of(uniform_, narrow_);
    return kRunHeaderBytes + width * count + piece_bytes;
}

std::size_t BatchWriter::size() const noexcept {
    return closed_.size() + open_run_size(static_cast<std::uint32_t>(lengths_.size()), open_.size());
}

std::size_t BatchWriter::room(SessionId session, PieceNumber number) const noexcept {
    const std::size_t count = lengths_.size();
    const std::size_t used = closed_.size() + (count == 0 ? 0 : kRunHeaderBytes + 2 * count + open_.size());
    const std::size_t overhead = continues(session, number) ? 2 : kRunHeaderBytes + 2;
    return used + overhead >= bytes_max_ ? 0 : std::min(bytes_max_ - used - overhead, kPieceBytesMax);
}

bool BatchWriter::add(SessionId session, PieceNumber number, Bytes piece, bool ends_value) {
    const bool extend = continues(session, number);
    const bool uniform = !extend || (uniform_ && lengths_.front() == piece.size());
    const bool narrow = piece.size() < 256 && (!extend || narrow_);
    const std::size_t width = width_of(uniform, narrow);
    const std::size_t count = extend ? lengths_.size() : 0;
    const std::size_t before = extend ? closed_.size() + open_.size() : size();
    if (before + kRunHeaderBytes + width * (count + 1) + piece.size() > bytes_max_) return false;

    if (!extend) {
        close_run();
        session_ = session;
        first_ = number;
    }
    uniform_ = uniform;
    narrow_ = narrow;
    more_ = !ends_value;
    lengths_.push_back(static_cast<std::uint16_t>(piece.size()));
    open_.insert(open_.end(), piece.begin(), piece.end());
    ++pieces_;
    return true;
}

bool BatchWriter::add_run(const Run& run) {
    if (size() + run.encoded().size() > bytes_max_) return false;
    close_run();
    closed_.insert(closed_.end(), run.encoded().begin(), run.encoded().end());
    pieces_ += run.count();
    return true;
}

void BatchWriter::close_run() {
    if (lengths_.empty()) return;
    const unsigned width = width_of(uniform_, narrow_);
    std::array<std::byte, kRunHeaderBytes> header;
    store(header.data(), session_.high);
    store(header.data() + 8, session_.low);
    store(header.data() + 16, first_.value());
    store(header.data() + kCountAt, static_cast<std::uint32_t>(lengths_.size()));
    store(header.data() + kBytesAt, static_cast<std::uint32_t>(open_.size()));
    header[kFlagsAt] = static_cast<std::byte>((more_ ? kMoreFlag : 0) | width << 1);
    store(header.data() + kLengthAt, uniform_ ? lengths_.front() : std::uint16_t{0});

    closed_.reserve(closed_.size() +
                    open_run_size(static_cast<std::uint32_t>(lengths_.size()), open_.size()));
    closed_.insert(closed_.end(), header.begin(), header.end());
    append_lengths(width);
    closed_.insert(closed_.end(), open_.begin(), open_.end());
    forget_run();
}

void BatchWriter::append_lengths(unsigned width) {
    const std::size_t at = closed_.size();
    closed_.resize(at + width * lengths_.size());
    std::byte* to = closed_.data() + at;
    for (std::size_t k = 0; width != 0 && k < lengths_.size(); ++k, to += width) {
        if (width == 1) *to = static_cast<std::byte>(lengths_[k]);
        if (width == 2) store(to, lengths_[k]);
    }
}

void BatchWriter::forget_run() noexcept {
    session_ = {};
    first_ = {};
    more_ = false;
    lengths_.clear();
    open_.clear();
}

Bytes BatchWriter::finish() {
    close_run();
    return closed_;
}

void BatchWriter::take(std::vector<std::byte>& batch) {
    close_run();
    batch.swap(closed_);
    clear();
}

void BatchWriter::clear() noexcept {
    closed_.clear();
    pieces_ = 0;
    forget_run();
}

}  // namespace synod

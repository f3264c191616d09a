#include "synod/node/histogram.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

namespace synod::node {
namespace {

// Takes the number that `text` begins with, and `end` after it (unless the text ends there).
std::optional<std::uint64_t> take_number(std::string_view& text, char end) {
    std::uint64_t value = 0;
    const auto [after, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(after - text.data()));
    if (!text.empty() && text.front() != end) return std::nullopt;
    text.remove_prefix(text.empty() ? 0 : 1);
    return value;
}

}  // namespace

std::size_t Histogram::bucket_of(std::uint64_t ns) noexcept {
    ns = std::min(ns, (std::uint64_t{1} << kBitsMax) - 1);
    if (ns < 256) return static_cast<std::size_t>(ns);
    const auto shift = static_cast<unsigned>(std::bit_width(ns)) - 8;
    return 128 * std::size_t{shift} + static_cast<std::size_t>(ns >> shift);
}

std::uint64_t Histogram::middle_of(std::size_t bucket) noexcept {
    if (bucket < 256) return bucket;
    const std::size_t shift = bucket / 128 - 1;
    const std::uint64_t low = std::uint64_t{bucket - 128 * shift} << shift;
    return low + ((std::uint64_t{1} << shift) >> 1);
}

void Histogram::record(std::uint64_t ns, std::uint64_t count) noexcept {
    counts_[bucket_of(ns)] += count;
    count_ += count;
    if (count > 0) max_ = std::max(max_, ns);
}

void Histogram::merge(const Histogram& other) noexcept {
    for (std::size_t i = 0; i < kBuckets; ++i)
        counts_[i] += other.counts_[i];
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
}

std::uint64_t Histogram::percentile(double percent) const noexcept {
    if (count_ == 0) return 0;
    const double share = std::ceil(percent / 100 * static_cast<double>(count_));
    const std::uint64_t wanted = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(share), 1, count_);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < kBuckets; ++i) {
        seen += counts_[i];
        if (seen >= wanted) return std::min(middle_of(i), max_);
    }
    return max_;
}

std::string Histogram::to_text() const {
    std::string text = std::to_string(max_);
    for (std::size_t i = 0; i < kBuckets; ++i)
        if (counts_[i] != 0) text += ' ' + std::to_string(i) + ':' + std::to_string(counts_[i]);
    return text;
}

std::optional<Histogram> Histogram::from_text(std::string_view text) {
    Histogram histogram;
    const auto max = take_number(text, ' ');
    if (!max) return std::nullopt;
    while (!text.empty()) {
        const auto bucket = take_number(text, ':');
        const auto count = take_number(text, ' ');
        if (!bucket || !count || *bucket >= kBuckets) return std::nullopt;
        histogram.counts_[*bucket] += *count;
        histogram.count_ += *count;
    }
    histogram.max_ = *max;
    return histogram;
}

}  // namespace synod::node

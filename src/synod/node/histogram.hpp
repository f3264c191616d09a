#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace synod::node {

// How often each latency was seen. Log-linear: every power of two is cut into 128 buckets, so that a
// percentile is off by less than 0.8 %, from 1 ns to 73 minutes (longer ones count as that).
class Histogram {
public:
    Histogram() : counts_(kBuckets, 0) {}

    void record(std::uint64_t ns, std::uint64_t count = 1) noexcept;
    void merge(const Histogram& other) noexcept;

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] std::uint64_t max() const noexcept { return max_; }  // exact
    // The latency in ns that `percent` (0 to 100) of all records do not exceed; 0 without records.
    [[nodiscard]] std::uint64_t percentile(double percent) const noexcept;

    // Calls use(ns, count) for each bucket that holds something, from the shortest latency on.
    template <typename Use>
    void for_each(Use&& use) const {
        for (std::size_t k = 0; k < kBuckets; ++k)
            if (counts_[k] != 0) use(std::min(middle_of(k), max_), counts_[k]);
    }

    // "max bucket:count bucket:count ...", only of buckets that hold something.
    [[nodiscard]] std::string to_text() const;
    static std::optional<Histogram> from_text(std::string_view text);

    friend bool operator==(const Histogram&, const Histogram&) = default;

private:
    static constexpr unsigned kBitsMax = 42;
    static constexpr std::size_t kBuckets = std::size_t{128} * (kBitsMax - 8) + 256;

    [[nodiscard]] static std::size_t bucket_of(std::uint64_t ns) noexcept;
    [[nodiscard]] static std::uint64_t middle_of(std::size_t bucket) noexcept;

    std::vector<std::uint64_t> counts_;
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace synod::node

#pragma once

#include <cstdint>
#include <vector>

namespace synod::node {

// What happened when, for plots: values counted in intervals of equal length, and some of their latencies.
// A run of any length takes the same memory: when the intervals become too many, neighbours are joined; when
// the latencies do, every second one is dropped. The longest latency of each interval is always kept.
class Timeline {
public:
    struct Interval {
        std::uint64_t values = 0;
        std::uint64_t latency_ns_max = 0;
        friend bool operator==(const Interval&, const Interval&) = default;
    };
    struct Sample {
        std::uint64_t at_ns = 0;
        std::uint64_t latency_ns = 0;
        friend bool operator==(const Sample&, const Sample&) = default;
    };
    static constexpr std::uint64_t kWidthNsMin = 1'000'000;
    static constexpr std::size_t kIntervalsMax = 512;
    static constexpr std::size_t kSamplesMax = 2048;

    Timeline() = default;
    // As its parts say; REQUIRES: a width that some timeline has.
    Timeline(std::uint64_t width_ns, std::uint64_t first, std::vector<Interval> intervals,
             std::vector<Sample> samples);

    // Time must not run back from call to call.
    void record(std::uint64_t now_ns, std::uint64_t values) { at(now_ns).values += values; }
    void record_latency(std::uint64_t now_ns, std::uint64_t latency_ns);

    // Adds up what both have counted, whatever their widths.
    void merge(Timeline other);

    [[nodiscard]] std::uint64_t width_ns() const noexcept { return width_ns_; }
    // The first interval is so many widths after time zero.
    [[nodiscard]] std::uint64_t first() const noexcept { return first_; }
    [[nodiscard]] const std::vector<Interval>& intervals() const noexcept { return intervals_; }
    [[nodiscard]] const std::vector<Sample>& samples() const noexcept { return samples_; }

    // Not whether they would go on alike.
    friend bool operator==(const Timeline& a, const Timeline& b) noexcept {
        return a.width_ns_ == b.width_ns_ && a.first_ == b.first_ && a.intervals_ == b.intervals_ &&
               a.samples_ == b.samples_;
    }

private:
    Interval& at(std::uint64_t now_ns) {
        if (now_ns - last_begin_ns_ < width_ns_ && !intervals_.empty()) return intervals_.back();
        return go_to(now_ns);
    }
    Interval& go_to(std::uint64_t now_ns);
    void double_width();
    void thin();

    std::uint64_t width_ns_ = kWidthNsMin;
    std::uint64_t first_ = 0;
    std::uint64_t last_begin_ns_ = 0;
    std::vector<Interval> intervals_;
    std::vector<Sample> samples_;
    std::uint64_t latencies_ = 0;
    std::uint64_t stride_ = 1;  // so many latencies make one sample
};

}  // namespace synod::node

#include "synod/node/timeline.hpp"

#include <algorithm>
#include <utility>

namespace synod::node {

Timeline::Timeline(std::uint64_t width_ns, std::uint64_t first, std::vector<Interval> intervals,
                   std::vector<Sample> samples)
    : width_ns_(width_ns),
      first_(first),
      last_begin_ns_(intervals.empty() ? 0 : (first + intervals.size() - 1) * width_ns),
      intervals_(std::move(intervals)),
      samples_(std::move(samples)) {}

Timeline::Interval& Timeline::go_to(std::uint64_t now_ns) {
    if (intervals_.empty()) first_ = now_ns / width_ns_;
    while (now_ns / width_ns_ >= first_ + kIntervalsMax)
        double_width();
    const std::uint64_t wanted = std::max(now_ns / width_ns_, first_);
    intervals_.resize(std::max<std::size_t>(intervals_.size(), wanted - first_ + 1));
    last_begin_ns_ = (first_ + intervals_.size() - 1) * width_ns_;
    return intervals_[wanted - first_];
}

// Intervals begin at multiples of their width, so those of all timelines fall on each other.
void Timeline::double_width() {
    std::vector<Interval> joined((first_ + intervals_.size() + 1) / 2 - first_ / 2);
    for (std::size_t k = 0; k < intervals_.size(); ++k) {
        Interval& into = joined[(first_ + k) / 2 - first_ / 2];
        into.values += intervals_[k].values;
        into.latency_ns_max = std::max(into.latency_ns_max, intervals_[k].latency_ns_max);
    }
    intervals_ = std::move(joined);
    first_ /= 2;
    width_ns_ *= 2;
}

void Timeline::record_latency(std::uint64_t now_ns, std::uint64_t latency_ns) {
    Interval& interval = at(now_ns);
    interval.latency_ns_max = std::max(interval.latency_ns_max, latency_ns);
    if (latencies_++ % stride_ != 0) return;
    if (samples_.size() == kSamplesMax) {
        thin();
        if (latencies_ % stride_ != 1) return;
    }
    samples_.push_back({now_ns, latency_ns});
}

void Timeline::thin() {
    for (std::size_t k = 0; k < samples_.size() / 2; ++k)
        samples_[k] = samples_[2 * k];
    samples_.resize(samples_.size() / 2);
    stride_ *= 2;
}

void Timeline::merge(Timeline other) {
    samples_.insert(samples_.end(), other.samples_.begin(), other.samples_.end());
    if (other.intervals_.empty()) return;
    if (intervals_.empty()) {
        width_ns_ = other.width_ns_;
        first_ = other.first_;
    }
    while (width_ns_ < other.width_ns_)
        double_width();
    while (other.width_ns_ < width_ns_)
        other.double_width();
    const std::uint64_t end = std::max(first_ + intervals_.size(), other.first_ + other.intervals_.size());
    const std::uint64_t first = std::min(first_, other.first_);
    intervals_.insert(intervals_.begin(), first_ - first, Interval{});
    first_ = first;
    intervals_.resize(end - first);
    for (std::size_t k = 0; k < other.intervals_.size(); ++k) {
        Interval& into = intervals_[other.first_ - first + k];
        into.values += other.intervals_[k].values;
        into.latency_ns_max = std::max(into.latency_ns_max, other.intervals_[k].latency_ns_max);
    }
    last_begin_ns_ = (end - 1) * width_ns_;
}

}  // namespace synod::node

#include "synod/cli/sim_batch.hpp"

#include <thread>
#include <vector>

namespace synod::cli {

void SimBatch::run(const Take& take) {
    working_ = jobs_;
    std::vector<std::jthread> threads;
    for (unsigned k = 0; k < jobs_; ++k)
        threads.emplace_back([this] { work(); });
    for (std::uint64_t next = 0;; ++next) {
        std::unique_lock lock(mutex_);
        done_.wait(lock, [&] { return ready_.contains(next) || (working_ == 0 && next == begun_); });
        if (!ready_.contains(next)) return;
        const sim::Result result = std::move(ready_.extract(next).mapped());
        lock.unlock();
        take(result);
    }
}

// The place of the next history in the batch; nothing when there are enough.
std::optional<std::uint64_t> SimBatch::begin_next() {
    const std::lock_guard lock(mutex_);
    const bool enough = (extent_.seeds && begun_ == *extent_.seeds) ||
                        (extent_.ends_at && std::chrono::steady_clock::now() >= *extent_.ends_at);
    if (enough) return std::nullopt;
    return begun_++;
}

void SimBatch::work() {
    while (const auto place = begin_next()) {
        sim::Result result = sim::run_seed(extent_.seed + *place, {});
        const std::lock_guard lock(mutex_);
        ready_.emplace(*place, std::move(result));
        done_.notify_one();
    }
    const std::lock_guard lock(mutex_);
    --working_;
    done_.notify_one();
}

}  // namespace synod::cli

#include "synod/cli/progress_bar.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "synod/cli/run_report.hpp"

namespace synod::cli {

ProgressBar::ProgressBar(std::uint64_t values, double seconds)
    : values_(values), seconds_(seconds), visible_(isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
    if (visible_) fmt::print(stderr, "\r\x1b[K");
}

double ProgressBar::share_of(const RunProgress& progress) const {
    const double share = values_ > 0 ? static_cast<double>(progress.delivered) / static_cast<double>(values_)
                                     : progress.seconds / std::max(seconds_, 1e-9);
    return std::clamp(share, 0.0, 1.0);
}

void ProgressBar::show(const RunProgress& progress) {
    if (!visible_) return;
    if (last_ && progress.seconds > last_->seconds) {
        const double now =
            static_cast<double>(progress.delivered - std::min(last_->delivered, progress.delivered)) /
            (progress.seconds - last_->seconds);
        rate_ = rate_ == 0 ? now : 0.7 * rate_ + 0.3 * now;
    }
    last_ = progress;
    constexpr int kWidth = 30;
    const double share = share_of(progress);
    const int filled = static_cast<int>(share * kWidth);
    fmt::print(stderr, "\r\x1b[K[{:=<{}}{: <{}}] {:3.0f} %  {} delivered  {}/s", "", filled, "",
               kWidth - filled, share * 100, grouped(progress.delivered),
               grouped(static_cast<std::uint64_t>(rate_)));
    std::fflush(stderr);
}

}  // namespace synod::cli
